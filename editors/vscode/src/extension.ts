import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

const LANGUAGES = ["terraform", "terraform-vars", "opentofu", "yaml", "json", "jsonc", "cloudformation"];

/** What the Python extension offers to others, as far as it is needed here. */
interface PythonExtension {
  environments?: { getActiveEnvironmentPath(resource?: vscode.Uri): { path: string } };
}

interface Command {
  command: string;
  args: string[];
}

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("fabriclint");
  context.subscriptions.push(
    output,
    vscode.commands.registerCommand("fabriclint.restart", () => start(output)),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("fabriclint.path")) {
        await start(output);
      }
    }),
  );
  await start(output);
}

export async function deactivate(): Promise<void> {
  await stop();
}

async function stop(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.dispose();
}

async function start(output: vscode.OutputChannel): Promise<void> {
  await stop();
  const found = await command();
  if (found === undefined) {
    void vscode.window.showErrorMessage(
      "fabriclint is not found. Install it with: pip install 'fabriclint[lsp]', or set fabriclint.path.",
    );
    return;
  }
  output.appendLine(`starting ${[found.command, ...found.args].join(" ")}`);
  const server: ServerOptions = { command: found.command, args: [...found.args, "lsp", "--stdio"] };
  const options: LanguageClientOptions = {
    documentSelector: [
      ...LANGUAGES.map((language) => ({ scheme: "file", language })),
      { scheme: "file", pattern: "**/{fabriclint.toml,pyproject.toml}" },
    ],
    outputChannel: output,
  };
  client = new LanguageClient("fabriclint", "fabriclint", server, options);
  try {
    await client.start();
  } catch (error) {
    void vscode.window.showErrorMessage(`fabriclint did not start: ${error instanceof Error ? error.message : error}`);
  }
}

/** The setting, else the program on PATH, else the selected Python with the module. */
async function command(): Promise<Command | undefined> {
  const set = vscode.workspace.getConfiguration("fabriclint").get<string>("path")?.trim();
  if (set) {
    return { command: set, args: [] };
  }
  const onPath = which("fabriclint");
  if (onPath !== undefined) {
    return { command: onPath, args: [] };
  }
  const python = await selectedPython();
  return python === undefined ? undefined : { command: python, args: ["-m", "fabriclint"] };
}

function which(name: string): string | undefined {
  const names = process.platform === "win32" ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    // A relative entry of PATH would let the folder that is open choose the program.
    if (!path.isAbsolute(folder)) {
      continue;
    }
    for (const candidate of names.map((one) => path.join(folder, one))) {
      try {
        fs.accessSync(candidate, fs.constants.X_OK);
        return candidate;
      } catch {
        continue;
      }
    }
  }
  return undefined;
}

async function selectedPython(): Promise<string | undefined> {
  if (!vscode.workspace.isTrusted) {
    return undefined;
  }
  const extension = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
  if (extension === undefined) {
    return undefined;
  }
  const api = await extension.activate();
  const found = api.environments?.getActiveEnvironmentPath(vscode.workspace.workspaceFolders?.[0]?.uri).path;
  return found !== undefined && fs.existsSync(found) && fs.statSync(found).isFile() ? found : undefined;
}
