# SPDX-License-Identifier: Apache-2.0
"""Addresses of the recipient's door. A use is public, and opens here for its own recipient alone."""

from django.urls import path

from beholden.web.recipient import agreements, machine

urlpatterns = [
    path("", agreements.routes, name="recipient"),
    path("/api/v1/messages", machine.waiting, name="recipient-api-messages"),
    path("/api/v1/messages/<str:handover>/<str:day>", machine.fetch, name="recipient-api-message"),
    path("/api/v1/messages/<str:handover>/<str:day>/done", machine.done, name="recipient-api-done"),
    path("/uses/<str:ref>", agreements.one, name="recipient-use"),
    path("/uses/<str:ref>/agreement.txt", agreements.text, name="recipient-text"),
    path("/uses/<str:ref>/sign", agreements.sign, name="recipient-sign"),
    path("/uses/<str:ref>/receipt", agreements.receive, name="recipient-receive"),
    path("/uses/<str:ref>/wiped", agreements.wipe, name="recipient-wipe"),
]
