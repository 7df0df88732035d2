import tempfile

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from odoo.http import Controller, content_disposition, request, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RegisterController(Controller):
    """Download of the registers as workbooks."""

    @route(
        "/aftersales_followup/register/<int:wizard_id>.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download_register(self, wizard_id):
        """Send the register that the user asked for in the wizard ``wizard_id``.

        The rights of the user apply to the wizard and to each entry in the register.
        """
        wizard = request.env["aftersales.register.print"].search(
            [("id", "=", wizard_id)]
        )
        if not wizard:
            raise NotFound()
        file = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the response
        wizard._write_workbook(file)
        name = f"{wizard._get_file_name()}.xlsx"
        headers = [
            ("Content-Type", XLSX),
            ("Content-Length", file.tell()),
            ("Content-Disposition", content_disposition(name)),
        ]
        file.seek(0)
        content = wrap_file(request.httprequest.environ, file)
        return request.make_response(content, headers)
