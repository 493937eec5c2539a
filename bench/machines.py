"""The machines of the measured root: a role, a placement group, a launch template with a start script, and a group each."""

from __future__ import annotations

TYPES = {
    "vision": "p4d.24xlarge",
    "speech": "g5.48xlarge",
    "pretraining": "p5.48xlarge",
    "alignment": "p4d.24xlarge",
    "robotics": "g6e.48xlarge",
    "retrieval": "trn1.32xlarge",
}
CARDS = {"p4d.24xlarge": 4, "g5.48xlarge": 1, "p5.48xlarge": 32, "g6e.48xlarge": 4, "trn1.32xlarge": 8}


def roles(name: str, team: str) -> str:
    """The role of a team's machines with its policies in JSON."""
    statements = "\n".join(
        f"""\
      {{
        Sid      = "{sid}"
        Effect   = "Allow"
        Action   = [{", ".join(f'"{action}"' for action in actions)}]
        Resource = {resource}
      }},"""
        for sid, actions, resource in (
            (
                "Datasets",
                ("s3:GetObject", "s3:ListBucket"),
                f'[aws_s3_bucket.{name}_{team}.arn, "${{aws_s3_bucket.{name}_{team}.arn}}/*"]',
            ),
            (
                "Checkpoints",
                ("s3:PutObject", "s3:AbortMultipartUpload"),
                f'"${{aws_s3_bucket.{name}_{team}.arn}}/checkpoints/*"',
            ),
            (
                "Images",
                ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
                '"*"',
            ),
            (
                "Logs",
                ("logs:CreateLogStream", "logs:PutLogEvents"),
                f'"arn:aws:logs:${{var.region}}:${{local.account}}:log-group:/{name}/{team}:*"',
            ),
        )
    )
    return f"""\
resource "aws_iam_role" "{name}_{team}" {{
  name = "{name}-{team}"

  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = {{ Service = "ec2.amazonaws.com" }}
      }},
    ]
  }})
}}

resource "aws_iam_role_policy" "{name}_{team}" {{
  name = "{name}-{team}"
  role = aws_iam_role.{name}_{team}.id

  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
{statements}
    ]
  }})
}}

resource "aws_iam_role_policy_attachment" "{name}_{team}_ssm" {{
  role       = aws_iam_role.{name}_{team}.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}}

resource "aws_iam_instance_profile" "{name}_{team}" {{
  name = "{name}-{team}"
  role = aws_iam_role.{name}_{team}.name
}}
"""


def fleet(name: str, team: str) -> str:
    """A team's machines: a placement group, a template with every card and a start script, and the group."""
    kind = TYPES[team]
    lustre = f"aws_fsx_lustre_file_system.{name}_{team}"
    interfaces = "\n".join(
        f"""\
  network_interfaces {{
    network_card_index    = {card}
    device_index          = {0 if card == 0 else 1}
    interface_type        = "efa"
    delete_on_termination = true
    security_groups       = [aws_security_group.{name}_{team}.id]
  }}
"""
        for card in range(min(CARDS[kind], 4))
    )
    return f"""\
resource "aws_placement_group" "{name}_{team}" {{
  name     = "{name}-{team}"
  strategy = "cluster"
}}

resource "aws_launch_template" "{name}_{team}" {{
  name          = "{name}-{team}"
  image_id      = coalesce(var.{name}_{team}_image, local.image)
  instance_type = "{kind}"

  iam_instance_profile {{
    arn = aws_iam_instance_profile.{name}_{team}.arn
  }}

  placement {{
    group_name = aws_placement_group.{name}_{team}.name
  }}

{interfaces}
  block_device_mappings {{
    device_name = "/dev/sda1"

    ebs {{
      volume_size = var.{name}_{team}_volume_gb
      volume_type = "gp3"
      encrypted   = true
    }}
  }}

  metadata_options {{
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }}

  user_data = base64encode(<<-EOT
    #!/bin/bash
    set -euo pipefail
    exec > >(tee /var/log/start.log) 2>&1

    mkdir -p /fsx /scratch
    amazon-linux-extras install -y lustre || apt-get install -y lustre-client-modules-aws
    mount -t lustre -o relatime,flock ${{{lustre}.dns_name}}@tcp:/${{{lustre}.mount_name}} /fsx

    for device in /dev/nvme*n1; do
      if ! blkid "$device"; then
        mkfs.xfs -f "$device" && mount "$device" /scratch || true
      fi
    done

    cat > /etc/profile.d/nccl.sh <<'PROFILE'
    export FI_PROVIDER=efa
    export NCCL_DEBUG=WARN
    export NCCL_SOCKET_IFNAME=^docker,lo
    PROFILE

    aws s3 sync s3://${{aws_s3_bucket.{name}_{team}.id}}/code /opt/train --only-show-errors
    systemctl enable --now train@{team}.service
  EOT
  )

  tag_specifications {{
    resource_type = "instance"
    tags          = merge(local.tags, {{ team = "{team}" }})
  }}
}}

resource "aws_autoscaling_group" "{name}_{team}" {{
  name                = "{name}-{team}"
  min_size            = var.{name}_{team}_nodes
  max_size            = var.{name}_{team}_nodes
  vpc_zone_identifier = [aws_subnet.{name}_private_0.id]

  launch_template {{
    id      = aws_launch_template.{name}_{team}.id
    version = aws_launch_template.{name}_{team}.latest_version
  }}

  tag {{
    key                 = "Name"
    value               = "{name}-{team}"
    propagate_at_launch = true
  }}
}}
"""
