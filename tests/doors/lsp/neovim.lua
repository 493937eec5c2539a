-- Opens a file in Neovim with the language server attached, and writes what the editor has to say of it to a file as JSON.
-- Arguments, by environment: SERVER (the Python to start), FOLDER, FILE, OUT; OLD and NEW are typed over each other.
local folder, file, out = vim.env.FOLDER, vim.env.FILE, vim.env.OUT

local function write(what)
  local handle = assert(io.open(out, "w"))
  handle:write(vim.fn.json_encode(what))
  handle:close()
end

vim.cmd("edit " .. vim.fn.fnameescape(file))
local buffer = vim.api.nvim_get_current_buf()
local client = vim.lsp.start_client({
  name = "fabriclint",
  cmd = { vim.env.SERVER, "-m", "fabriclint", "lsp", "--stdio" },
  root_dir = folder,
  workspace_folders = { { name = "root", uri = vim.uri_from_fname(folder) } },
})
vim.lsp.buf_attach_client(buffer, client)

local function told()
  return #vim.diagnostic.get(buffer) > 0
end
if not vim.wait(30000, told, 20) then
  write({ error = "no diagnostics came" })
  vim.cmd("cquit")
end

local before = vim.diagnostic.get(buffer)
local actions = vim.lsp.buf_request_sync(buffer, "textDocument/codeAction", {
  textDocument = vim.lsp.util.make_text_document_params(buffer),
  range = {
    start = { line = before[1].lnum, character = before[1].col },
    ["end"] = { line = before[1].lnum, character = before[1].col },
  },
  context = { diagnostics = {} },
}, 30000)
local titles = {}
for _, answer in pairs(actions or {}) do
  for _, action in ipairs(answer.result or {}) do
    table.insert(titles, action.title)
  end
end

local gone = nil
if vim.env.OLD then
  -- Type the fault away, without saving.
  local lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false)
  for number, line in ipairs(lines) do
    lines[number] = line:gsub(vim.pesc(vim.env.OLD), vim.env.NEW)
  end
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  gone = vim.wait(30000, function() return not told() end, 20)
end

write({ before = before, titles = titles, gone = gone })
vim.lsp.stop_client(client)
vim.wait(10000, function() return #vim.lsp.get_active_clients() == 0 end, 20)
vim.cmd("qall!")
