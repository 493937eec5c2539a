"""Capture Neovim as it shows a finding and its actions: `docs/images/editor.svg`.

It needs nvim and tmux, and the package rich (in the extra `dev`). The file that is opened is a fixture without its marks.
Run it after a change of what the language server says: `python tools/capture_editor.py`.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

HOME = Path(__file__).resolve().parent.parent
FIXTURE = HOME / "fixtures/no-cluster-placement-group/bad/efa-without-group/main.tf"
IMAGE = HOME / "docs/images/editor.svg"
COLUMNS, LINES = 132, 30
CELL, BLANK = 12.2, "&#160;"  # how rich draws a cell of the terminal, and a blank in it
PIECE = re.compile(
    r'(?P<start><text class="[^"]*") x="(?P<x>[^"]*)" (?P<y>y="[^"]*") textLength="(?P<wide>[^"]*)" '
    r"(?P<clip>clip-path=[^>]*)>(?P<text>[^<]*)</text>"
)
PATIENCE = 30.0

INIT = """
vim.o.termguicolors = true
vim.o.signcolumn = "yes"
vim.o.number = true
vim.o.laststatus = 0
vim.o.showmode = false
vim.o.ruler = false
vim.cmd("syntax on")
vim.opt.fillchars = { eob = " " }
vim.cmd("hi Normal guifg=#d8dee9")
vim.cmd("hi SignColumn guibg=NONE")
vim.cmd("hi LineNr guifg=#5c6370")
vim.cmd("hi DiagnosticWarn guifg=#e5c07b")
vim.cmd("hi DiagnosticError guifg=#e06c75")
vim.cmd("hi DiagnosticInfo guifg=#61afef")
vim.cmd("hi String guifg=#98c379")
vim.cmd("hi Type guifg=#61afef")
vim.cmd("hi Comment guifg=#7f848e")
vim.cmd([[autocmd BufReadPost *.tf syntax match String /"[^"]*"/ | syntax match Type /^[a-z]\\+\\|^  [a-z_]\\+\\ze {/]])
vim.diagnostic.config({
  virtual_text = { prefix = "■", format = function(one) return one.message:match("[^\\n]*") end },
})
vim.lsp.start_client_of = function()
  local client = vim.lsp.start_client({ name = "fabriclint", cmd = { SERVER, "-m", "fabriclint", "lsp" }, root_dir = FOLDER })
  vim.lsp.buf_attach_client(0, client)
end
vim.cmd("autocmd BufReadPost *.tf lua vim.lsp.start_client_of()")
"""


def tmux(*arguments: str) -> str:
    """Speak with a tmux server of our own."""
    command = ["tmux", "-L", "fabriclint-capture", "-f", "/dev/null", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout


def wait(words: str) -> str:
    """The screen, when it shows these words."""
    screen = ""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        screen = tmux("capture-pane", "-e", "-p", "-t", "editor")
        if words in re.sub(r"\x1b\[[0-9;:]*m", "", screen):
            return screen
        time.sleep(0.1)
    raise SystemExit(f"the editor does not show {words!r}:\n{screen}")


def captured(folder: Path) -> str:
    """The screen with the finding and the list of its actions."""
    file = folder / "main.tf"
    text = re.sub(r" *# (expect|unsure): [^\n]*", "", FIXTURE.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    init = folder / "init.lua"
    init.write_text(f"local SERVER, FOLDER = {sys.executable!r}, {str(folder)!r}\n{INIT}", encoding="utf-8")
    size = ("-x", str(COLUMNS), "-y", str(LINES))
    tmux(
        "new-session",
        "-d",
        "-s",
        "editor",
        *size,
        "-c",
        str(folder),
        "nvim",
        "-n",
        "-u",
        str(init),
        "main.tf",
    )
    try:
        wait("trains outside a cluster placement group")
        tmux("send-keys", "-t", "editor", ":lua vim.lsp.buf.code_action()", "Enter")
        return wait("Fix: ")
    finally:
        tmux("kill-server")


def trimmed(found: re.Match[str]) -> str:
    """A piece of text without the blanks round it, at its place: some viewers drop them and shift the rest."""
    text = found["text"].replace(BLANK, " ")
    shown = text.strip()
    if not shown:
        return ""
    at = float(found["x"]) + CELL * (len(text) - len(text.lstrip()))
    wide = float(found["wide"]) - CELL * (len(text) - len(shown))
    return f'{found["start"]} x="{at:g}" {found["y"]} textLength="{wide:g}" {found["clip"]}>{shown.replace(" ", BLANK)}</text>'


def main() -> int:
    missing = [name for name in ("nvim", "tmux") if shutil.which(name) is None]
    if missing:
        print(f"not on PATH: {', '.join(missing)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        screen = captured(Path(folder))
    console = Console(width=COLUMNS, record=True, file=io.StringIO())
    console.print(Text.from_ansi(screen.rstrip("\n")), no_wrap=True, overflow="crop")
    IMAGE.parent.mkdir(parents=True, exist_ok=True)
    svg = console.export_svg(title="main.tf", unique_id="editor")
    # The fonts come from the reader's machine: a page of documentation asks no other host.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    IMAGE.write_text(PIECE.sub(trimmed, svg), encoding="utf-8")
    print(IMAGE.relative_to(HOME))
    return 0


if __name__ == "__main__":
    sys.exit(main())
