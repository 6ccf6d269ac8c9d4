-- Three days of a shop's raw tables, as its applications leave them: what the models of this folder read.
CREATE SCHEMA IF NOT EXISTS raw;

CREATE TABLE raw.orders (order_id text, day date, country text, amount numeric(12, 2), status text);
INSERT INTO raw.orders VALUES
    ('A1', '2026-03-01', 'DE', 20.00, 'paid'),
    ('A2', '2026-03-01', 'de', 30.50, 'paid'),
    ('A3', '2026-03-01', 'FR', 10.00, 'cancelled'),
    ('A4', '2026-03-01', 'FR', 12.25, 'paid'),
    ('B1', '2026-03-02', 'DE', 99.90, 'paid'),
    ('B2', '2026-03-02', 'FR', 45.00, 'new'),
    ('C1', '2026-03-03', 'DE', 5.00, 'paid');

CREATE TABLE raw.refunds (refund_id text, order_id text, day date, amount numeric(12, 2));
INSERT INTO raw.refunds VALUES
    ('R1', 'A1', '2026-03-01', 5.00),
    ('R2', 'A4', '2026-03-01', 12.25),
    ('R3', 'C1', '2026-03-03', 50.00);
