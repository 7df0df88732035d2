def get_import_template(env, name, label):
    """Return a template for Odoo's own import, with heads in the user's language.

    :param str name: what the template is for, as in its file's name
    :param str label: what the user is offered to download
    """
    language = "zh" if env.lang == "zh_CN" else "en"
    path = f"/aftersales_followup/static/templates/{name}_{language}.xlsx"
    return [{"label": label, "template": path}]
