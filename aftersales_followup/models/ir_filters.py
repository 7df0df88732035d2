from odoo import api, models


class IrFilters(models.Model):
    _inherit = "ir.filters"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def get_filters(self, model, *args, **kwargs):
        """Show our favourites in the user's language, unless somebody renamed them.

        Core keeps the name of a favourite in one language; ours are read in several.
        """
        filters = super().get_filters(model, *args, **kwargs)
        if filters and model.startswith("aftersales."):
            own = self.with_context(lang=self.env.user.lang or self.env.lang)
            english = self.with_context(lang="en_US")._aftersales_get_names()
            names = dict(
                zip(english.values(), own._aftersales_get_names().values(), strict=True)
            )
            shipped = {
                self.env["ir.model.data"]._xmlid_to_res_id(
                    f"aftersales_followup.{name}", raise_if_not_found=False
                )
                for name in english
            }
            for found in filters:
                if found["id"] in shipped:
                    found["name"] = names.get(found["name"], found["name"])
        return filters

    @api.model
    def _aftersales_get_names(self):
        """Return the names of our favourites: {id: name}, in the language at hand."""
        return {
            "ir_filters_calls_by_day": self.env._("Calls by Day"),
            "ir_filters_complaints": self.env._("Complaints by Month and Cause"),
            "ir_filters_on_time_rate": self.env._("On-Time Rate by Officer"),
            "ir_filters_revenue_by_trade": self.env._("Revenue by Trade"),
            "ir_filters_revenue_compared": self.env._("Revenue beside Last Year"),
        }
