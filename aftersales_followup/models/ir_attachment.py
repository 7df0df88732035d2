from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _index(self, bin_data, file_type, checksum=None):
        """Nobody searches in a DMS export; its index would need six times its size."""
        if self.env.context.get("aftersales_no_index"):
            return False
        return super()._index(bin_data, file_type, checksum=checksum)
