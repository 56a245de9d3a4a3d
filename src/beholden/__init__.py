# SPDX-License-Identifier: Apache-2.0
"""A pupil register that answers to the people in it."""
