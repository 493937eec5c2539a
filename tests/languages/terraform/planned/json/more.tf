resource "terraform_data" "from_output" {
  input = module.child.name
}
