"""The roles, named once. Each has the rights of the one before."""

ADVISOR = "aftersales_followup.aftersales_followup_group_advisor"
OFFICER = "aftersales_followup.aftersales_followup_group_officer"
SUPERVISOR = "aftersales_followup.aftersales_followup_group_supervisor"
PHONE = "aftersales_followup.aftersales_followup_group_phone"
