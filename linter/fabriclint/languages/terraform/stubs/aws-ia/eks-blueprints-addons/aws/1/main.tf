# The charts and add-ons that are switched on. Of the charts' values only those the caller gives are known.

variable "cluster_name" { default = "" }
variable "create_kubernetes_resources" { default = true }
variable "eks_addons" { default = {} }
variable "helm_releases" { default = {} }

variable "enable_argo_rollouts" { default = false }
variable "argo_rollouts" { default = {} }
variable "enable_argo_workflows" { default = false }
variable "argo_workflows" { default = {} }
variable "enable_argocd" { default = false }
variable "argocd" { default = {} }
variable "enable_argo_events" { default = false }
variable "argo_events" { default = {} }
variable "enable_aws_efs_csi_driver" { default = false }
variable "aws_efs_csi_driver" { default = {} }
variable "enable_aws_fsx_csi_driver" { default = false }
variable "aws_fsx_csi_driver" { default = {} }
variable "enable_aws_load_balancer_controller" { default = false }
variable "aws_load_balancer_controller" { default = {} }
variable "enable_cert_manager" { default = false }
variable "cert_manager" { default = {} }
variable "enable_cluster_autoscaler" { default = false }
variable "cluster_autoscaler" { default = {} }
variable "enable_external_dns" { default = false }
variable "external_dns" { default = {} }
variable "enable_external_secrets" { default = false }
variable "external_secrets" { default = {} }
variable "enable_gatekeeper" { default = false }
variable "gatekeeper" { default = {} }
variable "enable_ingress_nginx" { default = false }
variable "ingress_nginx" { default = {} }
variable "enable_karpenter" { default = false }
variable "karpenter" { default = {} }
variable "enable_kube_prometheus_stack" { default = false }
variable "kube_prometheus_stack" { default = {} }
variable "enable_metrics_server" { default = false }
variable "metrics_server" { default = {} }
variable "enable_secrets_store_csi_driver" { default = false }
variable "secrets_store_csi_driver" { default = {} }
variable "enable_velero" { default = false }
variable "velero" { default = {} }
variable "enable_vpa" { default = false }
variable "vpa" { default = {} }

locals {
  charts = {
    "argo-rollouts"                = { on = var.enable_argo_rollouts, written = var.argo_rollouts }
    "argo-workflows"               = { on = var.enable_argo_workflows, written = var.argo_workflows }
    "argo-cd"                      = { on = var.enable_argocd, written = var.argocd }
    "argo-events"                  = { on = var.enable_argo_events, written = var.argo_events }
    "aws-efs-csi-driver"           = { on = var.enable_aws_efs_csi_driver, written = var.aws_efs_csi_driver }
    "aws-fsx-csi-driver"           = { on = var.enable_aws_fsx_csi_driver, written = var.aws_fsx_csi_driver }
    "aws-load-balancer-controller" = { on = var.enable_aws_load_balancer_controller, written = var.aws_load_balancer_controller }
    "cert-manager"                 = { on = var.enable_cert_manager, written = var.cert_manager }
    "cluster-autoscaler"           = { on = var.enable_cluster_autoscaler, written = var.cluster_autoscaler }
    "external-dns"                 = { on = var.enable_external_dns, written = var.external_dns }
    "external-secrets"             = { on = var.enable_external_secrets, written = var.external_secrets }
    "gatekeeper"                   = { on = var.enable_gatekeeper, written = var.gatekeeper }
    "ingress-nginx"                = { on = var.enable_ingress_nginx, written = var.ingress_nginx }
    "karpenter"                    = { on = var.enable_karpenter, written = var.karpenter }
    "kube-prometheus-stack"        = { on = var.enable_kube_prometheus_stack, written = var.kube_prometheus_stack }
    "metrics-server"               = { on = var.enable_metrics_server, written = var.metrics_server }
    "secrets-store-csi-driver"     = { on = var.enable_secrets_store_csi_driver, written = var.secrets_store_csi_driver }
    "velero"                       = { on = var.enable_velero, written = var.velero }
    "vpa"                          = { on = var.enable_vpa, written = var.vpa }
  }
}

resource "helm_release" "chart" {
  for_each   = { for name, chart in local.charts : name => chart if chart.on && var.create_kubernetes_resources }
  name       = try(each.value.written.name, each.key)
  chart      = try(each.value.written.chart, each.key)
  repository = try(each.value.written.repository, null)
  values     = try(each.value.written.values, [])
}

resource "helm_release" "this" {
  for_each   = { for name, release in var.helm_releases : name => release if var.create_kubernetes_resources }
  name       = try(each.value.name, each.key)
  chart      = try(each.value.chart, null)
  repository = try(each.value.repository, null)
  values     = try(each.value.values, [])
}

resource "aws_eks_addon" "this" {
  for_each     = var.eks_addons
  cluster_name = var.cluster_name
  addon_name   = try(each.value.name, each.key)
}

output "eks_addons" { value = aws_eks_addon.this }
output "helm_releases" { value = helm_release.this }
