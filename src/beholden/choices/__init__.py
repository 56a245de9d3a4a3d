# SPDX-License-Identifier: Apache-2.0
"""What families have said. Choices are no catalogue item, and no exit can name them (D13)."""
