# Device plugins and operators that training needs, and the Karpenter pools of the module's own chart.

variable "enable_aws_efa_k8s_device_plugin" { default = false }
variable "aws_efa_k8s_device_plugin_helm_config" { default = {} }
variable "enable_aws_neuron_device_plugin" { default = false }
variable "aws_neuron_device_plugin_helm_config" { default = {} }
variable "enable_nvidia_device_plugin" { default = false }
variable "nvidia_device_plugin_helm_config" { default = {} }
variable "enable_nvidia_gpu_operator" { default = false }
variable "nvidia_gpu_operator_helm_config" { default = {} }
variable "enable_kuberay_operator" { default = false }
variable "kuberay_operator_helm_config" { default = {} }
variable "enable_volcano" { default = false }
variable "volcano_helm_config" { default = {} }
variable "enable_karpenter_resources" { default = false }
variable "karpenter_resources_helm_config" { default = {} }

locals {
  charts = {
    aws_efa_k8s_device_plugin = { on = var.enable_aws_efa_k8s_device_plugin, chart = "aws-efa-k8s-device-plugin", repository = "https://aws.github.io/eks-charts", written = var.aws_efa_k8s_device_plugin_helm_config }
    aws_neuron_device_plugin  = { on = var.enable_aws_neuron_device_plugin, chart = "oci://public.ecr.aws/neuron/neuron-helm-chart", repository = null, written = var.aws_neuron_device_plugin_helm_config }
    nvidia_device_plugin      = { on = var.enable_nvidia_device_plugin, chart = "nvidia-device-plugin", repository = "https://nvidia.github.io/k8s-device-plugin", written = var.nvidia_device_plugin_helm_config }
    nvidia_gpu_operator       = { on = var.enable_nvidia_gpu_operator, chart = "gpu-operator", repository = "https://helm.ngc.nvidia.com/nvidia", written = var.nvidia_gpu_operator_helm_config }
    kuberay_operator          = { on = var.enable_kuberay_operator, chart = "kuberay-operator", repository = "https://ray-project.github.io/kuberay-helm/", written = var.kuberay_operator_helm_config }
    volcano                   = { on = var.enable_volcano, chart = "volcano", repository = "https://volcano-sh.github.io/helm-charts", written = var.volcano_helm_config }
  }

  # Pools as the caller's values describe them, where the chart is the module's own.
  pools = {
    for name, release in var.karpenter_resources_helm_config : name => { written = release, settings = try(yamldecode(release.values[0]), {}) }
    if var.enable_karpenter_resources && try(release.chart, null) == null
  }
}

resource "helm_release" "chart" {
  for_each   = { for name, chart in local.charts : name => chart if chart.on }
  name       = try(each.value.written.name, replace(each.key, "_", "-"))
  chart      = try(each.value.written.chart, each.value.chart)
  repository = try(each.value.written.repository, each.value.repository)
  values     = try(each.value.written.values, [])
}

resource "helm_release" "karpenter_resources" {
  for_each   = { for name, release in var.karpenter_resources_helm_config : name => release if var.enable_karpenter_resources && try(release.chart, null) != null }
  name       = each.key
  chart      = each.value.chart
  repository = try(each.value.repository, null)
  values     = try(each.value.values, [])
}

resource "kubernetes_manifest" "pool" {
  for_each = { for name, pool in local.pools : name => pool if try(pool.settings.nodePool.enabled, true) }
  manifest = {
    apiVersion = "karpenter.sh/v1"
    kind       = "NodePool"
    metadata   = { name = try(each.value.settings.name, "default") }
    spec = {
      template = {
        metadata = { labels = merge(flatten([try(each.value.settings.nodePool.labels, [])])...) }
        spec = {
          nodeClassRef = { group = "karpenter.k8s.aws", kind = "EC2NodeClass", name = try(each.value.settings.name, "default") }
          taints       = try(each.value.settings.nodePool.taints, [])
          requirements = try(each.value.settings.nodePool.requirements, [])
        }
      }
      limits = { cpu = try(each.value.settings.nodePool.limits.cpu, "1000") }
    }
  }
}

resource "kubernetes_manifest" "class" {
  for_each = { for name, pool in local.pools : name => pool if try(pool.settings.ec2NodeClass.enabled, true) }
  manifest = {
    apiVersion = "karpenter.k8s.aws/v1"
    kind       = "EC2NodeClass"
    metadata   = { name = try(each.value.settings.name, "default") }
    spec = {
      amiSelectorTerms           = try(each.value.settings.ec2NodeClass.amiSelectorTerms, [{ alias = "bottlerocket@latest" }])
      subnetSelectorTerms        = try(each.value.settings.ec2NodeClass.subnetSelectorTerms, null)
      securityGroupSelectorTerms = try(each.value.settings.ec2NodeClass.securityGroupSelectorTerms, null)
      userData                   = try(each.value.settings.ec2NodeClass.userData, null)
    }
  }
}
