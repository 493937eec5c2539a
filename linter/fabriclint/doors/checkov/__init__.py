"""fabriclint inside checkov: `checkov -d . --external-checks-dir "$(fabriclint adapter checkov)"`."""
