"""The folder that checkov is given. It loads each module of it by its bare name, once for each of its runners."""
