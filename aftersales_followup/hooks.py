"""What Odoo does not do by itself when the module comes or goes."""

from odoo.tools import SQL

MODULE = "aftersales_followup"


def uninstall_hook(env):
    """Take away what Odoo leaves behind of a module that is uninstalled.

    It deletes our tables, our fields and the records that came with us.
    ``tools/check`` compares what is left with a database that never had the module.
    """
    _drop_indexes(env)
    _forget_foreign_keys(env)
    _forget_names(env)


def _drop_indexes(env):
    """Drop the index that we put on a field of Fleet."""
    env.cr.execute("DROP INDEX IF EXISTS fleet_vehicle_odometer__vehicle_id_index")


def _forget_foreign_keys(env):
    """Forget the foreign keys of our fields on tables of others: they go with them."""
    env.cr.execute(
        SQL(
            """
            DELETE FROM ir_model_constraint
             WHERE type = 'f'
               AND module = (SELECT id FROM ir_module_module WHERE name = %s)
            """,
            MODULE,
        )
    )


def _forget_names(env):
    """Forget the external ids that other modules gave to parts of our models.

    Whoever extends a mixin, such as the chatter, gives one to each model with it.
    """
    ours = [
        name for name, model in env.registry.items() if model._original_module == MODULE
    ]
    env.cr.execute(
        SQL(
            """
            DELETE FROM ir_model_data
             WHERE module != %(module)s
               AND (model = 'ir.model.inherit' AND res_id IN (
                        SELECT inherit.id FROM ir_model_inherit inherit
                          JOIN ir_model ON ir_model.id = inherit.model_id
                         WHERE ir_model.model = ANY(%(ours)s))
                    OR model = 'ir.model.fields.selection' AND res_id IN (
                        SELECT choice.id FROM ir_model_fields_selection choice
                          JOIN ir_model_fields field ON field.id = choice.field_id
                         WHERE field.model = ANY(%(ours)s)))
            """,
            module=MODULE,
            ours=ours,
        )
    )
