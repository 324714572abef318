/*
 * The cyber-observables of STIX 2.1 §6 as rows, sorted by name. Their extensions are in sco_ext.c, what their properties
 * say together in sco_rules.c, how their ids are made in sco_id.c.
 */
#include "stix/rows.h"

TO(artifact, "artifact");
TO(as, "autonomous-system");
TO(content, "artifact", "file");
TO(contained, "file", "directory");
TO(directory, "directory");
TO(email, "email-addr");
TO(endpoint, "ipv4-addr", "ipv6-addr", "mac-addr", "domain-name");
TO(file, "file");
TO(mac, "mac-addr");
TO(process, "process");
TO(resolved, "ipv4-addr", "ipv6-addr", "domain-name");
TO(traffic, "network-traffic");
TO(user, "user-account");

ELEMENT a_string = {NAME(""), .type = P_STRING};
ELEMENT a_number_or_string = {NAME(""), .type = P_SCALAR};

static const char *const encryptions[] = {"AES-256-GCM", "ChaCha20-Poly1305", "mime-type-indicated", NULL};
const struct stix_prop artifact_props[] = {
	STRING("decryption_key"),
	ENUM("encryption_algorithm", encryptions),
	HASHES("hashes"),
	{NAME("mime_type"), .type = P_MIME},
	{NAME("payload_bin"), .type = P_BINARY},
	STRING("url"),
	END,
};

const struct stix_prop as_props[] = {
	STRING("name"),
	{NAME("number"), .type = P_SIGNED, .required = true},
	STRING("rir"),
	END,
};

const struct stix_prop directory_props[] = {
	TIME("atime"),
	REFS("contains_refs", contained),
	TIME("ctime"),
	TIME("mtime"),
	MUST_STRING("path"),
	STRING("path_enc"),
	END,
};

const struct stix_prop domain_props[] = {
	REFS("resolves_to_refs", resolved),
	MUST_STRING("value"),
	END,
};

const struct stix_prop email_props[] = {
	REF("belongs_to_ref", user),
	STRING("display_name"),
	MUST_STRING("value"),
	END,
};

ELEMENT part_props[] = {
	STRING("body"),
	REF("body_raw_ref", content),
	STRING("content_disposition"),
	STRING("content_type"),
	END,
};
ELEMENT a_part = {NAME(""), .type = P_OBJECT, .sub = part_props};
const struct stix_prop message_props[] = {
	{NAME("additional_header_fields"), .type = P_DICT}, /* of lists of strings: sco_rules.c */
	REFS("bcc_refs", email),
	STRING("body"),
	LIST("body_multipart", a_part),
	REFS("cc_refs", email),
	STRING("content_type"),
	TIME("date"),
	REF("from_ref", email),
	{NAME("is_multipart"), .type = P_BOOL, .required = true},
	STRING("message_id"),
	REF("raw_email_ref", artifact),
	LIST("received_lines", a_string),
	REF("sender_ref", email),
	STRING("subject"),
	REFS("to_refs", email),
	END,
};

ELEMENT any_ref = {NAME(""), .type = P_ID};
const struct stix_prop file_props[] = {
	TIME("atime"),
	LIST("contains_refs", any_ref), /* "other Cyber-observable Objects": also of types that are not in the standard */
	REF("content_ref", artifact),
	TIME("ctime"),
	HASHES("hashes"),
	HEX("magic_number_hex"),
	{NAME("mime_type"), .type = P_MIME},
	TIME("mtime"),
	STRING("name"),
	STRING("name_enc"),
	REF("parent_directory_ref", directory),
	COUNT("size"),
	END,
};

const struct stix_prop ip_props[] = {
	REFS("belongs_to_refs", as),
	REFS("resolves_to_refs", mac),
	MUST_STRING("value"),
	END,
};

const struct stix_prop value_props[] = {
	MUST_STRING("value"),
	END,
};

const struct stix_prop mutex_props[] = {
	MUST_STRING("name"),
	END,
};

const struct stix_prop traffic_props[] = {
	COUNT("dst_byte_count"),
	COUNT("dst_packets"),
	REF("dst_payload_ref", artifact),
	{NAME("dst_port"), .type = P_INT, .max = 65535},
	REF("dst_ref", endpoint),
	REF("encapsulated_by_ref", traffic),
	REFS("encapsulates_refs", traffic),
	TIME("end"),
	{NAME("ipfix"), .type = P_DICT, .sub = &a_number_or_string},
	BOOL("is_active"),
	MUST_LIST("protocols", a_string),
	COUNT("src_byte_count"),
	COUNT("src_packets"),
	REF("src_payload_ref", artifact),
	{NAME("src_port"), .type = P_INT, .max = 65535},
	REF("src_ref", endpoint),
	TIME("start"),
	END,
};

const struct stix_prop process_props[] = {
	REFS("child_refs", process),
	STRING("command_line"),
	TIME("created_time"),
	REF("creator_user_ref", user),
	STRING("cwd"),
	{NAME("environment_variables"), .type = P_DICT, .sub = &a_string},
	REF("image_ref", file),
	BOOL("is_hidden"),
	REFS("opened_connection_refs", traffic),
	REF("parent_ref", process),
	SIGNED("pid"),
	END,
};

const struct stix_prop software_props[] = {
	STRING("cpe"),
	LIST("languages", a_string),
	MUST_STRING("name"),
	STRING("swid"),
	STRING("vendor"),
	STRING("version"),
	END,
};

static const char *const account_types[] = {
	"facebook", "ldap", "nis", "openid", "radius", "skype", "tacacs", "twitter", "unix", "windows-local", "windows-domain", NULL,
};
const struct stix_prop account_props[] = {
	TIME("account_created"),
	TIME("account_expires"),
	TIME("account_first_login"),
	TIME("account_last_login"),
	STRING("account_login"),
	VOCAB("account_type", account_types),
	BOOL("can_escalate_privs"),
	STRING("credential"),
	TIME("credential_last_changed"),
	STRING("display_name"),
	BOOL("is_disabled"),
	BOOL("is_privileged"),
	BOOL("is_service_account"),
	STRING("user_id"),
	END,
};

static const char *const registry_types[] = {
	"REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD", "REG_DWORD_BIG_ENDIAN", "REG_DWORD_LITTLE_ENDIAN", "REG_LINK", "REG_MULTI_SZ",
	"REG_RESOURCE_LIST", "REG_FULL_RESOURCE_DESCRIPTION", "REG_RESOURCE_REQUIREMENTS_LIST", "REG_QWORD", "REG_INVALID_TYPE", NULL,
};
ELEMENT registry_value_props[] = {
	STRING("data"),
	ENUM("data_type", registry_types),
	STRING("name"),
	END,
};
ELEMENT a_registry_value = {NAME(""), .type = P_OBJECT, .sub = registry_value_props, .min = 1};
const struct stix_prop registry_props[] = {
	REF("creator_user_ref", user),
	STRING("key"),
	TIME("modified_time"),
	SIGNED("number_of_subkeys"),
	LIST("values", a_registry_value),
	END,
};

ELEMENT v3_props[] = {
	STRING("authority_key_identifier"),
	STRING("basic_constraints"),
	STRING("certificate_policies"),
	STRING("crl_distribution_points"),
	STRING("extended_key_usage"),
	STRING("inhibit_any_policy"),
	STRING("issuer_alternative_name"),
	STRING("key_usage"),
	STRING("name_constraints"),
	STRING("policy_constraints"),
	STRING("policy_mappings"),
	TIME("private_key_usage_period_not_after"),
	TIME("private_key_usage_period_not_before"),
	STRING("subject_alternative_name"),
	STRING("subject_directory_attributes"),
	STRING("subject_key_identifier"),
	END,
};
const struct stix_prop certificate_props[] = {
	HASHES("hashes"),
	BOOL("is_self_signed"),
	STRING("issuer"),
	STRING("serial_number"),
	STRING("signature_algorithm"),
	STRING("subject"),
	STRING("subject_public_key_algorithm"),
	SIGNED("subject_public_key_exponent"),
	STRING("subject_public_key_modulus"),
	TIME("validity_not_after"),
	TIME("validity_not_before"),
	STRING("version"),
	{NAME("x509_v3_extensions"), .type = P_OBJECT, .sub = v3_props, .min = 1},
	END,
};
