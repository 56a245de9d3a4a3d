# SPDX-License-Identifier: Apache-2.0
"""What this room does, one file a matter: messages to recipients, incidents. The only writer of this room."""
