# SPDX-License-Identifier: Apache-2.0
"""A school's own book of who agreed to biometrics and who did not. No catalogue item, and no exit can name it (D17)."""
