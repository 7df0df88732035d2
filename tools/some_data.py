"""Input for ``odoo shell``: some records of the module, to be uninstalled with it."""

import base64

env = env(context={**env.context, "no_reset_password": True})  # noqa: F821
role = env.ref("aftersales_followup.aftersales_followup_group_supervisor")
officer = env["res.users"].create(
    {"name": "Officer", "login": "officer", "group_ids": [(4, role.id)]}
)
env = env(user=officer.id)
customer = env["res.partner"].create(
    {"name": "Zhang San", "phone": "138 0013 8000", "street": "1 Main Street"}
)
brand = env["fleet.vehicle.model.brand"].create({"name": "Buick"})
model = env["fleet.vehicle.model"].create({"name": "Regal", "brand_id": brand.id})
vehicle = env["fleet.vehicle"].create(
    {"model_id": model.id, "aftersales_owner_id": customer.id}
)
visit = env["aftersales.visit"].create(
    {"partner_id": customer.id, "vehicle_id": vehicle.id, "odometer": 12_000}
)
visit.action_deliver()
visit.message_post(body="The brakes squeak")
letter = env["aftersales.letter"].create(
    {"partner_id": customer.id, "subject": "Your car", "body": "<p>Dear customer</p>"}
)
letter.action_register()
env["aftersales.topic"].create({"name": "Winter Tyres"})
env["aftersales.visit.import"].create({"data_file": base64.b64encode(b"number;plate")})
env.cr.commit()
