"""What Odoo does not do by itself when the module comes or goes."""

from odoo.tools import SQL

MODULE = "aftersales_followup"


def post_init_hook(env):
    """Send nobody mail who did not ask for it.

    Odoo's digests come with us. Where no other application wants them, the one that
    Odoo would send each day, to the administrator and to each new user, stays off.
    """
    wanted = env["ir.module.module"].search_count(
        [
            ("dependencies_id.name", "=", "digest"),
            ("state", "in", ("installed", "to install", "to upgrade")),
            ("name", "!=", MODULE),
        ],
        limit=1,
    )
    # Where digests were there before, somebody chose them.
    if wanted or "digest" not in env.registry.updated_modules:
        return
    digest = env.ref("digest.digest_digest_default", raise_if_not_found=False)
    if digest:
        digest.action_deactivate()
    env["ir.config_parameter"].set_param("digest.default_digest_emails", False)


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
