from odoo import models

# Key of the context: what is to be logged when all records were looked at.
LOG = "aftersales_log"


class AftersalesHistoryMixin(models.AbstractModel):
    """A record whose changes are kept, also when thousands change in one step.

    Core logs what changed with a message for each record alone. Here these messages
    are the same, and written together.
    """

    _name = "aftersales.history.mixin"
    _description = "Record with a History"
    _inherit = ["mail.thread"]

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _message_track(self, fields_iter, initial_values_dict):
        if len(self) < 2:
            return super()._message_track(fields_iter, initial_values_dict)
        collecting = self.with_context(**{LOG: []})
        tracking = super(AftersalesHistoryMixin, collecting)._message_track(
            fields_iter, initial_values_dict
        )
        log = collecting.env.context[LOG]
        for author_id in dict.fromkeys(author_id for _id, author_id, *_rest in log):
            self._log_changes(
                author_id, [entry for entry in log if entry[1] == author_id]
            )
        log.clear()
        return tracking

    def _message_log(self, *, body="", author_id=None, tracking_value_ids=False, **how):
        log = self.env.context.get(LOG)
        if log is None or how or len(self) != 1:
            return super()._message_log(
                body=body,
                author_id=author_id,
                tracking_value_ids=tracking_value_ids,
                **how,
            )
        log.append((self.id, author_id, body, tracking_value_ids))
        return self.env["mail.message"]

    def _log_changes(self, author_id, log):
        """Log the messages of many records, and then the values that changed.

        :param list log: (record id, author id, body, commands of tracking values)
        """
        bodies = {record_id: body for record_id, _author, body, _values in log}
        messages = self.browse(bodies)._message_log_batch(bodies, author_id=author_id)
        by_record = {message.res_id: message.id for message in messages}
        self.env["mail.tracking.value"].sudo().create(
            [
                {**vals, "mail_message_id": by_record[record_id]}
                for record_id, _author, _body, commands in log
                for _create, _zero, vals in commands or ()
            ]
        )
