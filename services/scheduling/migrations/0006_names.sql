-- A code or a name is taken in whatever case it is written.
CREATE UNIQUE INDEX department_code_any_case ON department (facility_id, lower(code));
CREATE UNIQUE INDEX department_name_key ON department (facility_id, lower(name));
CREATE UNIQUE INDEX specialty_code_any_case ON specialty (facility_id, lower(code));
CREATE UNIQUE INDEX specialty_name_key ON specialty (facility_id, lower(name));
