module "child" {
  name = "last"
}
