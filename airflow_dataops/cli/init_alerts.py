"""What `init` writes of alerts: what looks for them, and who is told."""

from __future__ import annotations

MONITOR = "dataops_slo_monitor"
"""The product that looks at all others."""

MONITORED = """\
# yaml-language-server: $schema=../.schemas/{template}.json
# Counts what every product promises, and tells those whom alerts.yaml names.
template: {template}
schedule: "*/5 * * * *"
start_date: 2026-01-01
"""

ALERTS = """\
# yaml-language-server: $schema=.schemas/alerts.json
# Who is told when data is late, bad, incomplete or lost. The keys are Alertmanager's.
# Until you name somebody, all goes to the log of the task `route` of the DAG `dataops_slo_monitor`.
route:
  receiver: log
  # group_by: [team, product, dataset]
  # routes:
  #   - matchers: ['severity="page"']        # wakes somebody up: what is critical, lost, or burns fast
  #     receiver: on-call
  #   - matchers: ['owner="shop"']           # `team.name` of the contract; `team` is of the pipeline file
  #     receiver: shop-data
  #     mute_time_intervals: [nights]        # it is told when the night is over

# Secrets stand in Airflow connections, and never here.
# receivers:
#   - name: on-call
#     pagerduty: [{conn_id: pagerduty}]
#   - name: shop-data
#     notifiers:
#       - path: airflow.providers.slack.notifications.slack_webhook.SlackWebhookNotifier
#         kwargs: {slack_webhook_conn_id: slack, text: "{{ text }}"}

# time_intervals:
#   - name: nights
#     time_intervals:
#       - location: Europe/Paris
#         times: [{start_time: "20:00", end_time: "24:00"}, {start_time: "00:00", end_time: "07:00"}]
"""
