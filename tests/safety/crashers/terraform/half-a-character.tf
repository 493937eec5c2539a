resource "aws_instance" "x" {
  instance_type = "\ud800"
  user_data     = jsondecode("\"\\ud800\"")
}
