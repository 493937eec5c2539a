variable "jobs" {
  type = list(object({ name = string, queue = string, gpus = optional(number, 8), env = optional(map(string)) }))
  default = [
    { name = "a", queue = "train" },
    { name = "b", queue = "serve", gpus = 1, env = { X = 1 } },
    { name = "c", queue = "train", gpus = null },
  ]
}

locals {
  by_queue = { for job in var.jobs : job.queue => job... }
  gpus     = { for queue, jobs in local.by_queue : queue => sum(jobs[*].gpus) }
  names    = { for queue, jobs in local.by_queue : queue => join("+", sort(jobs.*.name)) }
  flat     = flatten([for queue, jobs in local.by_queue : [for n, job in jobs : "${queue}.${n}.${job.name}"]])
  sets     = { for queue, jobs in local.by_queue : queue => toset([for job in jobs : job.gpus]) }
  merged   = merge({ all = "x" }, local.names, { train = "over" })
  product  = [for pair in setproduct(keys(local.by_queue), ["us", "eu"]) : "${pair[0]}-${pair[1]}"]
  zipped   = zipmap(var.jobs[*].name, var.jobs[*].queue)
}

resource "terraform_data" "queue" {
  for_each = local.by_queue
  input = {
    gpus  = local.gpus[each.key]
    names = local.names[each.key]
    sets  = local.sets[each.key]
    envs  = [for job in each.value : lookup(coalesce(job.env, {}), "X", "none")]
  }
}

resource "terraform_data" "all" {
  input            = { flat = local.flat, merged = local.merged, product = local.product, zipped = local.zipped }
  triggers_replace = { for k, v in local.sets : k => contains(v, 8) }
}
