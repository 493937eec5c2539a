"""Plans: the output of `terraform show -json` and `tofu show -json` as input."""
