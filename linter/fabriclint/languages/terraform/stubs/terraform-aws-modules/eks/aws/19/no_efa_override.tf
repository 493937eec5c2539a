# Interfaces, placement and the rules that EFA needs come from the caller: the flags of version 20 are not known here.
locals {
  says_efa  = false
  efa_rules = {}
}
