/* The predefined extensions of cyber-observables (STIX 2.1 §6), as rows; each sorted by name. */
#include "stix/rows.h"

TO(artifact, "artifact");
TO(contained, "file", "directory");
TO(file, "file");

ELEMENT a_string = {NAME(""), .type = P_STRING};
ELEMENT an_integer = {NAME(""), .type = P_SIGNED};
ELEMENT a_number_or_string = {NAME(""), .type = P_SCALAR};

/* --- file --- */

ELEMENT archive[] = {
	STRING("comment"),
	MUST_LIST("contains_refs", ref_contained),
	END,
};

ELEMENT stream_props[] = {
	HASHES("hashes"),
	MUST_STRING("name"),
	COUNT("size"),
	END,
};
ELEMENT a_stream = {NAME(""), .type = P_OBJECT, .sub = stream_props};
ELEMENT ntfs[] = {
	LIST("alternate_data_streams", a_stream),
	STRING("sid"),
	END,
};

ELEMENT pdf[] = {
	{NAME("document_info_dict"), .type = P_DICT, .sub = &a_string},
	BOOL("is_optimized"),
	STRING("pdfid0"),
	STRING("pdfid1"),
	STRING("version"),
	END,
};

ELEMENT raster_image[] = {
	SIGNED("bits_per_pixel"),
	{NAME("exif_tags"), .type = P_DICT, .sub = &a_number_or_string},
	SIGNED("image_height"),
	SIGNED("image_width"),
	END,
};

ELEMENT optional_header[] = {
	SIGNED("address_of_entry_point"),
	SIGNED("base_of_code"),
	SIGNED("base_of_data"),
	HEX("checksum_hex"),
	HEX("dll_characteristics_hex"),
	SIGNED("file_alignment"),
	HASHES("hashes"),
	SIGNED("image_base"),
	HEX("loader_flags_hex"),
	HEX("magic_hex"),
	SIGNED("major_image_version"),
	SIGNED("major_linker_version"),
	SIGNED("major_os_version"),
	SIGNED("major_subsystem_version"),
	SIGNED("minor_image_version"),
	SIGNED("minor_linker_version"),
	SIGNED("minor_os_version"),
	SIGNED("minor_subsystem_version"),
	SIGNED("number_of_rva_and_sizes"),
	SIGNED("section_alignment"),
	COUNT("size_of_code"),
	COUNT("size_of_headers"),
	COUNT("size_of_heap_commit"),
	COUNT("size_of_heap_reserve"),
	COUNT("size_of_image"),
	COUNT("size_of_initialized_data"),
	COUNT("size_of_stack_commit"),
	COUNT("size_of_stack_reserve"),
	COUNT("size_of_uninitialized_data"),
	HEX("subsystem_hex"),
	HEX("win32_version_value_hex"),
	END,
};
ELEMENT section_props[] = {
	{NAME("entropy"), .type = P_NUMBER},
	HASHES("hashes"),
	MUST_STRING("name"),
	COUNT("size"),
	END,
};
ELEMENT a_section = {NAME(""), .type = P_OBJECT, .sub = section_props};
static const char *const pe_types[] = {"dll", "exe", "sys", NULL};
ELEMENT pebinary[] = {
	HEX("characteristics_hex"),
	HASHES("file_header_hashes"),
	STRING("imphash"),
	HEX("machine_hex"),
	COUNT("number_of_sections"),
	COUNT("number_of_symbols"),
	{NAME("optional_header"), .type = P_OBJECT, .sub = optional_header, .min = 1},
	{NAME("pe_type"), .type = P_VOCAB, .required = true, .words = pe_types},
	HEX("pointer_to_symbol_table_hex"),
	LIST("sections", a_section),
	COUNT("size_of_optional_header"),
	TIME("time_date_stamp"),
	END,
};

/* --- network-traffic --- */

ELEMENT http_request[] = {
	REF("message_body_data_ref", artifact),
	SIGNED("message_body_length"),
	{NAME("request_header"), .type = P_DICT}, /* of lists of strings: sco_rules.c */
	MUST_STRING("request_method"),
	MUST_STRING("request_value"),
	STRING("request_version"),
	END,
};

ELEMENT icmp[] = {
	{NAME("icmp_code_hex"), .type = P_HEX, .required = true},
	{NAME("icmp_type_hex"), .type = P_HEX, .required = true},
	END,
};

static const char *const address_families[] = {
	"AF_UNSPEC", "AF_INET", "AF_IPX", "AF_APPLETALK", "AF_NETBIOS", "AF_INET6", "AF_IRDA", "AF_BTH", NULL,
};
static const char *const socket_types[] = {"SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET", NULL};
ELEMENT socket_ext[] = {
	{NAME("address_family"), .type = P_ENUM, .required = true, .words = address_families},
	BOOL("is_blocking"),
	BOOL("is_listening"),
	{NAME("options"), .type = P_DICT, .sub = &an_integer},
	COUNT("socket_descriptor"),
	SIGNED("socket_handle"),
	ENUM("socket_type", socket_types),
	END,
};

ELEMENT tcp[] = {
	HEX("dst_flags_hex"),
	HEX("src_flags_hex"),
	END,
};

/* --- process --- */

static const char *const integrity_levels[] = {"low", "medium", "high", "system", NULL};
ELEMENT windows_process[] = {
	BOOL("aslr_enabled"),
	BOOL("dep_enabled"),
	ENUM("integrity_level", integrity_levels),
	STRING("owner_sid"),
	STRING("priority"),
	{NAME("startup_info"), .type = P_DICT},
	STRING("window_title"), /* so in the standard's schema and in use; its text has windows_title */
	STRING("windows_title"),
	END,
};

static const char *const start_types[] = {
	"SERVICE_AUTO_START", "SERVICE_BOOT_START", "SERVICE_DEMAND_START", "SERVICE_DISABLED", "SERVICE_SYSTEM_ALERT", NULL,
};
static const char *const service_statuses[] = {
	"SERVICE_CONTINUE_PENDING", "SERVICE_PAUSE_PENDING", "SERVICE_PAUSED", "SERVICE_RUNNING", "SERVICE_START_PENDING", "SERVICE_STOP_PENDING",
	"SERVICE_STOPPED", NULL,
};
static const char *const service_types[] = {
	"SERVICE_KERNEL_DRIVER", "SERVICE_FILE_SYSTEM_DRIVER", "SERVICE_WIN32_OWN_PROCESS", "SERVICE_WIN32_SHARE_PROCESS", NULL,
};
ELEMENT windows_service[] = {
	LIST("descriptions", a_string),
	STRING("display_name"),
	STRING("group_name"),
	REFS("service_dll_refs", file),
	STRING("service_name"),
	ENUM("service_status", service_statuses),
	ENUM("service_type", service_types),
	ENUM("start_type", start_types),
	END,
};

/* --- user-account --- */

ELEMENT unix_account[] = {
	SIGNED("gid"),
	LIST("groups", a_string),
	STRING("home_dir"),
	STRING("shell"),
	END,
};

#define EXT(on, n, table, least) {on, {NAME(n), .type = P_OBJECT, .sub = table, .min = least}}
static const struct { const char *type; struct stix_prop row; } extensions[] = {
	EXT("file", "archive-ext", archive, 0),
	EXT("file", "ntfs-ext", ntfs, 1),
	EXT("file", "pdf-ext", pdf, 1),
	EXT("file", "raster-image-ext", raster_image, 1),
	EXT("file", "windows-pebinary-ext", pebinary, 2), /* pe_type and another */
	EXT("network-traffic", "http-request-ext", http_request, 0),
	EXT("network-traffic", "icmp-ext", icmp, 0),
	EXT("network-traffic", "socket-ext", socket_ext, 0),
	EXT("network-traffic", "tcp-ext", tcp, 1),
	EXT("process", "windows-process-ext", windows_process, 1),
	EXT("process", "windows-service-ext", windows_service, 1),
	EXT("user-account", "unix-account-ext", unix_account, 1),
};

const struct stix_prop *predefined_extension(const char *key, size_t n, const char **ret_type)
{
	for (size_t i = 0; i < ARRAY_LEN(extensions); i++)
		if (extensions[i].row.name_n == n && memcmp(extensions[i].row.name, key, n) == 0) {
			*ret_type = extensions[i].type;
			return &extensions[i].row;
		}
	return NULL;
}
