variable "nodes" {
  default = ["n1", "n2"]
}

locals {
  script = <<-EOT
    #!/bin/bash
    %{for n, node in var.nodes~}
    echo ${n} ${node}
    %{endfor~}
    %{if length(var.nodes) > 1~}
    echo many
    %{else~}
    echo one
    %{endif~}
    echo $${HOME} %%{x}
  EOT
}

resource "terraform_data" "script" {
  input = local.script
}

resource "terraform_data" "file" {
  input            = templatefile("${path.module}/start.sh.tftpl", { nodes = var.nodes, port = 8080, extra = null })
  triggers_replace = [file("plain.txt"), filemd5("${path.root}/plain.txt"), fileexists("none.txt"), fileset(path.module, "*.txt")]
}

resource "terraform_data" "encoded" {
  input = {
    json = jsonencode({ nodes = var.nodes, on = true, none = null })
    yaml = yamlencode({ nodes = var.nodes, deep = { n = 1.5 } })
    back = jsondecode(jsonencode({ a = [1, { b = "c" }] })).a[1].b
    fmt  = format("%03d-%s-%v", 7, "x", [1, "a"])
  }
}
