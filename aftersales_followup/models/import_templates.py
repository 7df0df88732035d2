def get_import_template(env, name, label):
    """Return a template for Odoo's own import, with headers in the user's language.

    Any Chinese gets Chinese headers: the import knows them, and who reads traditional
    characters reads these sooner than English.

    :param str name: what the template is for, as in its file's name
    :param str label: what the user is offered to download
    """
    language = "zh" if (env.lang or "").startswith("zh_") else "en"
    path = f"/aftersales_followup/static/templates/{name}_{language}.xlsx"
    return [{"label": label, "template": path}]
