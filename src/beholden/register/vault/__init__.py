# SPDX-License-Identifier: Apache-2.0
"""Who a pupil is. Only the register opens this room."""
