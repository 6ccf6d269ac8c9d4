"""What `init` writes of alerts: who is told, and what they are to do."""

from __future__ import annotations

ALERTS = """\
# yaml-language-server: $schema=.schemas/alerts.json
# Who is told when data is late, bad, incomplete or lost. The keys are Alertmanager's.
# As it stands, all goes to the log of the task that routes alerts; `log` is always there. The DAG that has
# the task is made once: airflow-dataops dag new dags/dataops_slo_monitor --template slo_monitor@1
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

RUNBOOK = """\
# When orders are late or wrong

{{ product }}{% if partition %} of {{ partition }}{% endif %} is not what was promised, since {{ began }}.

1. Look: `{{ commands | first }}`
2. Late: is the shop's file there? It comes as `drops/orders-DAY.csv`, an hour after midnight. Ask the shop.
3. Wrong: the rows that broke {{ rules | join(", ") or "a rule" }} are in quarantine, with the rules' names.
   Where the rule is right, the shop sends the day again. Where it isn't, change the contract.
4. Start the day again. It replaces what there was of it, so it can't be counted twice.
"""
