"""What the figures of a month count, as somebody would write it by hand.

Each statement counts one kind of record, for all companies, and for their officers
where they have figures of their own.
"""

LINES = """
SELECT line.company_id,
       sum(line.amount) FILTER (WHERE payer != 'internal' AND now),
       sum(line.amount) FILTER (WHERE payer = 'insurance' AND now),
       sum(line.amount) FILTER (WHERE payer IN ('customer', 'warranty') AND now),
       sum(line.amount) FILTER (WHERE payer != 'internal' AND now
           AND trade IN ('maintenance', 'mechanical')),
       sum(line.amount) FILTER (WHERE payer != 'internal' AND now
           AND trade = 'sheet_metal'),
       sum(line.amount) FILTER (WHERE payer != 'internal' AND now
           AND trade = 'paint'),
       sum(line.amount) FILTER (WHERE payer != 'internal' AND now
           AND trade = 'parts'),
       sum(line.cost) FILTER (WHERE payer != 'internal' AND now AND trade = 'parts'),
       sum(line.amount) FILTER (WHERE payer != 'internal' AND now
           AND trade = 'accessories'),
       sum(line.amount - line.cost) FILTER (WHERE payer != 'internal' AND now),
       count(DISTINCT visit_id) FILTER (WHERE payer IN ('customer', 'warranty')
           AND now),
       count(DISTINCT visit_id) FILTER (WHERE payer = 'insurance' AND now),
       count(*) FILTER (WHERE claim_state = 'approved' AND now),
       count(*) FILTER (WHERE claim_state IN ('approved', 'rejected') AND now),
       sum(line.amount) FILTER (WHERE payer != 'internal' AND NOT now)
  FROM aftersales_visit_line line
  JOIN (SELECT id, date_end >= %(first)s AS now
          FROM aftersales_visit
         WHERE visit_type = 'workshop' AND state = 'delivered'
           AND (date_end BETWEEN %(first)s AND %(last)s
                OR date_end BETWEEN %(last_year_first)s AND %(last_year_last)s)
       ) visit ON visit.id = line.visit_id
 GROUP BY line.company_id
"""

ARRIVALS = """
SELECT company_id,
       count(*) FILTER (WHERE visit_type = 'workshop'),
       count(*),
       count(*) FILTER (WHERE visit_type = 'workshop'
           AND (rework_of_id IS NOT NULL OR rework_reference != ''))
  FROM aftersales_visit
 WHERE state != 'cancelled' AND date_arrival >= %(start)s AND date_arrival < %(stop)s
 GROUP BY company_id
"""

ENDED = """
SELECT company_id,
       count(*) FILTER (WHERE previous_end IS NULL),
       count(*) FILTER (WHERE is_won_back),
       count(*) FILTER (WHERE state IN ('delivered', 'closed'))
  FROM (SELECT *, previous_end < date_end - interval '12 months' AS is_won_back
          FROM aftersales_visit
         WHERE date_end BETWEEN %(first)s AND %(last)s) visit
 GROUP BY company_id
"""

BASE = """
SELECT company_id, count(*)
  FROM aftersales_visit
 WHERE date_end > %(not_lost_since)s AND date_end <= %(last)s
   AND (next_end IS NULL OR next_end > %(last)s)
 GROUP BY company_id
"""

LOST = """
SELECT company_id, count(*)
  FROM aftersales_visit
 WHERE date_end >= %(lost_since)s AND date_end < %(not_lost_since)s
   AND (next_end IS NULL OR next_end > date_end + interval '12 months')
 GROUP BY company_id
"""

RETAINED = """
SELECT company_id, count(*),
       count(*) FILTER (WHERE next_end > %(year_ago)s AND next_end <= %(last)s)
  FROM aftersales_visit
 WHERE date_end > %(two_years_ago)s AND date_end <= %(year_ago)s
   AND (next_end IS NULL OR next_end > %(year_ago)s)
 GROUP BY company_id
"""

CALLS = """
SELECT company_id, user_id,
       count(*), count(*) FILTER (WHERE direction = 'inbound'),
       count(*) FILTER (WHERE direction = 'outbound'),
       count(*) FILTER (WHERE direction = 'outbound' AND outcome_id = ANY(%(reached)s)),
       count(DISTINCT partner_id) FILTER (WHERE direction = 'outbound'
           AND outcome_id = ANY(%(reached)s)),
       sum(satisfaction) FILTER (WHERE satisfaction >= 0),
       count(*) FILTER (WHERE satisfaction >= 0)
  FROM aftersales_call
 WHERE state = 'registered' AND date >= %(start)s AND date < %(stop)s
 GROUP BY company_id, user_id
"""

LETTERS = """
SELECT company_id, user_id, count(*)
  FROM aftersales_letter
 WHERE state != 'draft' AND date_sent BETWEEN %(first)s AND %(last)s
 GROUP BY company_id, user_id
"""

COMPLAINTS = """
SELECT company_id, count(*) FILTER (WHERE date_raised >= %(start)s), count(*)
  FROM aftersales_case
 WHERE case_type = 'complaint'
   AND date_raised >= %(start)s - interval '1 month' AND date_raised < %(stop)s
 GROUP BY company_id
"""

ARCHIVES = """
SELECT company_id, acting_user_id,
       count(*) FILTER (WHERE archive_result = 'on_time'), count(*)
  FROM aftersales_visit
 WHERE archive_deadline BETWEEN %(first)s AND %(last)s
   AND (archive_result IN ('on_time', 'early', 'late', 'missed')
        OR archive_result = 'running' AND archive_deadline < now())
 GROUP BY company_id, acting_user_id
"""

FOLLOWUPS = """
SELECT company_id, acting_user_id, rule_id,
       count(*) FILTER (WHERE result = 'on_time'), count(*)
  FROM aftersales_followup
 WHERE rule_id = ANY(%(kept_rules)s)
   AND date_deadline BETWEEN %(first)s AND %(last)s
   AND (result IN ('on_time', 'early', 'late', 'missed')
        OR result = 'running' AND date_deadline < now())
 GROUP BY company_id, acting_user_id, rule_id
"""

ROUNDS = """
SELECT company_id, escalate_user_id, inform_user_id,
       count(*) FILTER (WHERE escalation_result = 'on_time'
           AND escalate_deadline BETWEEN %(first)s AND %(last)s),
       count(*) FILTER (WHERE escalate_deadline BETWEEN %(first)s AND %(last)s),
       count(*) FILTER (WHERE inform_result = 'on_time'
           AND inform_deadline BETWEEN %(first)s AND %(last)s),
       count(*) FILTER (WHERE inform_deadline BETWEEN %(first)s AND %(last)s),
       count(*) FILTER (WHERE answer_result = 'on_time'
           AND answer_deadline BETWEEN %(first)s AND %(last)s),
       count(*) FILTER (WHERE answer_deadline BETWEEN %(first)s AND %(last)s)
  FROM aftersales_case_round
 WHERE escalate_deadline BETWEEN %(first)s AND %(last)s
    OR inform_deadline BETWEEN %(first)s AND %(last)s
    OR answer_deadline BETWEEN %(first)s AND %(last)s
 GROUP BY company_id, escalate_user_id, inform_user_id
"""

# Whoever was contacted in the month, and who came within thirty days; a visit counts
# for the earliest contact alone, which may be one of the month before.
RESPONSE = """
WITH contact AS (
    SELECT * FROM (
        SELECT id, company_id, partner_id, acting_user_id, date_done, reached,
               CASE WHEN reached
                    THEN (date_done AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                    ELSE date_deadline END AS day
          FROM (SELECT followup.*, state = 'done' AND NOT EXISTS (
                           SELECT FROM aftersales_letter letter
                            WHERE letter.followup_id = followup.id
                              AND letter.state != 'draft') AS reached
                  FROM aftersales_followup followup
                 WHERE rule_id = ANY(%(rules)s)
                   AND (state = 'done' AND date_done >= %(before)s - interval '1 day'
                            AND date_done < %(stop)s
                        OR date_deadline BETWEEN %(before)s AND %(last)s
                            AND (state = 'done' OR result = 'missed'
                                 OR result = 'running' AND date_deadline < now()))
               ) followup
        ) dated
     WHERE day BETWEEN %(before)s AND %(last)s
), first_contact AS (
    SELECT DISTINCT ON (company_id, partner_id, date_trunc('month', day)) *
      FROM contact
     ORDER BY company_id, partner_id, date_trunc('month', day), reached DESC, day,
              date_done, id
), answer AS (
    SELECT contact.*, visit.id AS visit_id,
           visit.state = 'delivered' AND visit.visit_type = 'workshop' AS is_paid,
           row_number() OVER (PARTITION BY visit.id, reached ORDER BY contact.day) AS n
      FROM first_contact contact
 LEFT JOIN LATERAL (
           SELECT visit.id, visit.state, visit.visit_type
             FROM (SELECT *, (date_arrival AT TIME ZONE 'UTC'
                              AT TIME ZONE %(tz)s)::date AS day
                     FROM aftersales_visit
                    WHERE partner_id = contact.partner_id
                      AND company_id = contact.company_id
                      AND state != 'cancelled') visit
            WHERE CASE WHEN reached THEN date_arrival > contact.date_done
                       ELSE visit.day > contact.day END
              AND visit.day <= contact.day + 30
            ORDER BY date_arrival, id LIMIT 1) visit ON TRUE
)
SELECT company_id, acting_user_id, reached, count(*), count(visit_id),
       sum((SELECT sum(amount) FROM aftersales_visit_line line
             WHERE line.visit_id = answer.visit_id AND payer != 'internal'))
           FILTER (WHERE n = 1 AND is_paid)
  FROM answer
 WHERE day >= %(first)s
 GROUP BY company_id, acting_user_id, reached
"""

MONTH = {
    "lines": LINES,
    "arrivals": ARRIVALS,
    "ended": ENDED,
    "base": BASE,
    "lost": LOST,
    "retained": RETAINED,
    "calls": CALLS,
    "letters": LETTERS,
    "complaints": COMPLAINTS,
    "archives": ARCHIVES,
    "followups": FOLLOWUPS,
    "rounds": ROUNDS,
    "response": RESPONSE,
}

LEVELS = """
SELECT archive.company_id, CASE
           WHEN COALESCE(spend, 0) >= 10000 OR COALESCE(visits, 0) >= 6 THEN 'A'
           WHEN COALESCE(spend, 0) >= 3000 OR COALESCE(visits, 0) >= 3 THEN 'B'
           ELSE 'C' END AS level,
       archive.last_visit_date < now() - interval '12 months' AS is_lost,
       count(*)
  FROM aftersales_archive archive
  LEFT JOIN (SELECT company_id, partner_id, count(*) AS visits, sum(paid) AS spend
               FROM (SELECT visit.id, visit.company_id, visit.partner_id,
                            sum(line.amount) FILTER (
                                WHERE line.payer IN ('customer', 'insurance')) AS paid
                       FROM aftersales_visit visit
                  LEFT JOIN aftersales_visit_line line ON line.visit_id = visit.id
                      WHERE visit.state IN ('delivered', 'closed')
                        AND visit.date_delivery >= %(begin)s
                        AND visit.date_delivery < %(end)s
                      GROUP BY visit.id) came
              GROUP BY company_id, partner_id) figures
    ON figures.partner_id = archive.partner_id
   AND figures.company_id = archive.company_id
 GROUP BY 1, 2, 3
"""
