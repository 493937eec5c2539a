locals {
  passes_placement = true
}
