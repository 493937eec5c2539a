# Karpenter's roles, queue and event rules; it makes nothing of the network. Its outputs are names that only the API knows.

variable "cluster_name" { default = "" }
