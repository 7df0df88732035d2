-- What a database consists of, line by line, and whatever in it names our module.
SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default)
  FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'sequence ' || sequence_name FROM information_schema.sequences
UNION ALL
SELECT 'view ' || viewname FROM pg_views WHERE schemaname = 'public'
UNION ALL
SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'model ' || model FROM ir_model
UNION ALL
SELECT format('field %s.%s %s', model, name, ttype) FROM ir_model_fields
UNION ALL
SELECT format('choice %s.%s %s', field.model, field.name, value)
  FROM ir_model_fields_selection choice JOIN ir_model_fields field ON field.id = field_id
UNION ALL
SELECT format('reflected constraint %s %s', name, type) FROM ir_model_constraint
UNION ALL
SELECT 'reflected relation ' || name FROM ir_model_relation
UNION ALL
SELECT format('data %s.%s', module, name) FROM ir_model_data
UNION ALL
SELECT format('view %s %s', name, model) FROM ir_ui_view
UNION ALL
SELECT 'parameter ' || key FROM ir_config_parameter
UNION ALL
SELECT format('default %s', field_id) FROM ir_default
UNION ALL
SELECT format('attachment %s %s', res_model, res_field) FROM ir_attachment WHERE res_model LIKE 'aftersales%'
UNION ALL
SELECT 'message ' || model FROM mail_message WHERE model LIKE 'aftersales%'
UNION ALL
SELECT 'reminder ' || res_model FROM mail_activity WHERE res_model LIKE 'aftersales%'
UNION ALL
SELECT 'follower ' || res_model FROM mail_followers WHERE res_model LIKE 'aftersales%'
UNION ALL
SELECT 'import column ' || res_model FROM base_import_mapping WHERE res_model LIKE 'aftersales%'
UNION ALL
SELECT 'scheduled action ' || cron_name FROM ir_cron
ORDER BY 1;
