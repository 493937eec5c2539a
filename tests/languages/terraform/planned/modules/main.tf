locals {
  subnets = { a = "10.0.0.0/24", b = "10.0.1.0/24" }
}

module "network" {
  source  = "./network"
  name    = "main"
  subnets = local.subnets
}

module "pool" {
  source   = "./pool"
  for_each = { train = 2, serve = 1 }

  name    = each.key
  subnets = module.network.names
  size    = each.value
}

module "off" {
  source = "./pool"
  count  = 0
  name   = "off"
}

module "twice" {
  source = "./pool"
  count  = 2
  name   = "n${count.index}"
  size   = null
}

resource "terraform_data" "outputs" {
  input = {
    nodes = { for key, pool in module.pool : key => pool.nodes }
    off   = module.off[*].nodes
    one   = try(module.off[0].nodes, null)
    twice = flatten(module.twice[*].nodes)
    label = module.network.label
    size  = module.twice[1].size
  }
}
