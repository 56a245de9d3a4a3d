# SPDX-License-Identifier: Apache-2.0
"""Public addresses. They are speaking, and stay for ever (notes/ux.md 2.1)."""

from django.urls import path, re_path

from beholden.web.public import log, prose, recipients, register, report, rules, tables

urlpatterns = [
    path("", register.home, name="home"),
    path("uses", register.uses, name="uses"),
    path("uses.json", register.uses_json, name="uses-json"),
    path("uses.csv", register.uses_csv, name="uses-csv"),
    path("uses/numbers", register.counts, name="uses-numbers"),
    path("uses/numbers.json", register.counts_json, name="uses-numbers-json"),
    path("uses/numbers.csv", register.counts_csv, name="uses-numbers-csv"),
    path("uses/<str:ref>.json", register.use_json, name="use-json"),
    path("uses/<str:ref>/numbers", register.numbers, name="use-numbers"),
    path("uses/<str:ref>", register.use, name="use"),
    path("recipients", recipients.recipients, name="recipients"),
    path("recipients/<str:body>", recipients.recipient, name="recipient-routes"),
    path("log", log.logs, name="log"),
    path("log/<str:name>/checkpoint", log.checkpoint_note, name="log-checkpoint"),
    path("log/<str:name>/vkey", log.verifier_key, name="log-key"),
    re_path(r"^log/(?P<name>[a-z]+)/(?P<tile>tile/.+)$", log.tile, name="log-tile"),
    path("log/<str:name>/<int:index>", log.entry, name="log-entry"),
    path("log/texts/<str:ref>.json", log.text, name="log-text"),
    path("log/catalogues/<str:name>.json", rules.kept, name="log-catalogue"),
    path("report-card", report.card, name="report-card"),
    path("report-card.json", report.card_json, name="report-card-json"),
    path("report-card.csv", report.card_csv, name="report-card-csv"),
    path("report-card/<slug:name>", report.subject, name="report-card-subject"),
    path("rules", rules.rules, name="rules"),
    path("catalogues/<str:name>.json", rules.kept, name="catalogue-file"),
    path("tables", tables.shelf, name="tables"),
    path("tables.json", tables.shelf_json, name="tables-json"),
    path("tables/log", tables.asked, name="tables-log"),
    path("tables/log.json", tables.asked_json, name="tables-log-json"),
    path("tables/log.csv", tables.asked_csv, name="tables-log-csv"),
    path("tables/<str:about>.csv", tables.taken, {"form": "csv"}, name="table-csv"),
    path("tables/<str:about>.json", tables.taken, {"form": "json"}, name="table-json"),
    path("tables/<str:about>", tables.table, name="table"),
    path("check", log.check, name="check"),
    path("check/proof", log.proof_page, name="check-proof"),
    path("cannot", prose.cannot, name="cannot"),
    path("words", prose.words, name="words"),
    path("help", prose.help_page, name="help"),
    path("accessibility", prose.accessibility, name="accessibility"),
    path("privacy", prose.privacy, name="privacy"),
]
