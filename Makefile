# Every command is a script in tools/; what it takes is set on the line:
#   make demo HTTP_PORT=8070      make test ARGS="-k archive"
.PHONY: help demo test check coexist torture coverage lint bench pictures translations readme clean

help:
	@echo "make demo          start Odoo with demonstration data on http://localhost:8069"
	@echo "                   (HTTP_PORT=8069 HTTP_INTERFACE=127.0.0.1 DEMO_DB=aftersales_demo)"
	@echo "make test          run all tests; ARGS goes to pytest"
	@echo "make check         try that a server can start itself anew, and an uninstallation"
	@echo "make coexist       run Odoo's own tests of what the module extends, without and with it"
	@echo "make torture       attack it with hostile values, kills, eight at once, random seasons (MUCH=1: all)"
	@echo "make coverage      run all tests, and demand that they run 95 % of the lines"
	@echo "make lint          check the code with ruff, pylint-odoo and Odoo's test_lint"
	@echo "make bench         run the benchmarks; ARGS goes to them"
	@echo "make translations  bring the files in i18n/ up to date"
	@echo "make pictures      take the guide's pictures anew, in both languages"
	@echo "make readme        put the module's README.rst together from its readme/"
	@echo "make clean         drop the databases and caches (ALL=1: the downloads, too)"
	@echo "tools/odoo ...     Odoo's own command line on this checkout"

demo test check coexist torture lint bench pictures:
	@tools/$@ $(ARGS)

coverage:
	@tools/test --cov=aftersales_followup --cov-report=term --cov-fail-under=95

translations clean:
	@tools/$@

readme:
	@python3 tools/readme.py aftersales_followup
