"""The product that `init` writes to begin with, and what to do when it is late or wrong."""

from __future__ import annotations

PIPELINE = """\
# yaml-language-server: $schema=../.schemas/{template}.json
template: {template}
schedule: "@daily"
start_date: 2026-03-01
end_date: 2026-03-02
catchup: true

source:
  contract: orders_landing.odcs.yaml
  folder: drops
  path: orders-{{partition}}.csv

transform: transform.sql
target: {{type: delta, path: orders}}
"""

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
name: orders
version: 0.1.0
status: draft
description: {purpose: What the orders of a day come to; put your own in their place.}
team: {name: shop}
schema:
  - name: orders
    properties:
      - {name: order_id, logicalType: string, required: true, primaryKey: true}
      - {name: ordered_at, logicalType: timestamp, required: true}
      - name: net_amount
        logicalType: number
        physicalType: numeric(12,2)
        required: true
        logicalTypeOptions: {minimum: 0}
    quality:
      - {id: some_orders, metric: rowCount, mustBeGreaterThan: 0}
authoritativeDefinitions: [{type: runbook, url: runbook.md}]
# What is counted from day to day: that a day is there six hours after it ended, and how many rows are right.
slaProperties:
  - {id: freshness, property: freshness, value: 6, unit: h}
  - {id: correctness, property: errorRate, value: 5, unit: percent}
customProperties:
  - {property: serviceLevelObjectives, value: {freshness: {targetPercent: 95, window: 28d}}}
"""

LANDING = """\
apiVersion: v3.1.0
kind: DataContract
id: orders_landing
name: orders_landing
version: 0.1.0
status: draft
description: {purpose: What the shop sends.}
team: {name: shop}
schema:
  - name: orders_landing
    properties:
      - {name: order_id, logicalType: string, required: true, primaryKey: true}
      - {name: ordered_at, logicalType: timestamp, required: true}
      - name: amount
        logicalType: number
        physicalType: numeric(12,2)
        required: true
        logicalTypeOptions: {minimum: 0}
      - name: discount
        logicalType: number
        physicalType: numeric(3,2)
        logicalTypeOptions: {minimum: 0, maximum: 1}
"""

TRANSFORM = """\
-- What is published, made of the landed rows that broke no rule.
SELECT
    order_id,
    ordered_at,
    round(amount * (1 - coalesce(discount, 0)), 2) AS net_amount
FROM {{ source }}
"""

EXAMPLES = """\
# What transform.sql must make of rows: `airflow-dataops test dags` runs these.
defaults:
  landing: {order_id: A, ordered_at: 2026-03-01T09:00:00Z, amount: 20.00}

tests:
  - name: a discount lowers the net amount
    given:
      landing: [{discount: 0.25}]
    expect:
      orders: [{order_id: A, net_amount: 15.00}]

  - name: no discount is a discount of nothing
    given:
      landing: [{discount: null}]
    expect:
      orders: [{order_id: A, net_amount: 20.00}]
"""

DROP = """\
order_id,ordered_at,amount,discount
{day}-1,{day}T09:00:00Z,12.00,
{day}-2,{day}T09:05:00Z,7.50,0.10
{day}-3,{day}T09:10:00Z,30.00,
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
