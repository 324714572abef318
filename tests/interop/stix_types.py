"""One full object, at least, of every type of STIX 2.1, written after the standard; stix_objects.py takes parts away and breaks them."""
import json
import uuid

SCO_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
SEEN = {"first_seen": "2016-09-09T00:30:00Z", "last_seen": "2016-09-10T00:30:00.5Z"}
SHA256 = "aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f"
MD5 = "79054025255fb1a26e4bc422aef54eb4"
KILL_CHAIN = [{"kill_chain_name": "lockheed-martin-cyber-kill-chain", "phase_name": "reconnaissance"}]
OWN_EXTENSION = "extension-definition--d83fce45-ef58-4c6c-a3f4-1fbc32e98c6e"
COPYRIGHT = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"  # TLP 1 green


def ref(kind, n=1):
    return f"{kind}--{uuid.UUID(int=(0xA1B2C3D4 << 96) + (4 << 76) + (8 << 60) + n)}"


COMMON = {  # of what has versions
    "spec_version": "2.1",
    "created": "2016-09-09T00:30:00.000Z",
    "modified": "2016-09-09T00:31:00.123456Z",
    "created_by_ref": ref("identity"),
    "revoked": False,
    "labels": ["one", "two"],
    "confidence": 55,
    "lang": "en",
    "external_references": [
        {"source_name": "veris", "description": "a text", "url": "https://example.com/x", "hashes": {"SHA-256": SHA256}, "external_id": "0001AA7F"},
        {"source_name": "cve", "external_id": "CVE-2016-1234"},
    ],
    "object_marking_refs": [COPYRIGHT],
    "granular_markings": [{"marking_ref": COPYRIGHT, "selectors": ["labels.[0]", "created"]}],
    "extensions": {OWN_EXTENSION: {"extension_type": "property-extension", "rank": 5, "toxicity": {"a_b": [1]}}},
}
OF_OBSERVABLES = {
    "spec_version": "2.1",
    "defanged": False,
    "object_marking_refs": [COPYRIGHT],
    "granular_markings": [{"marking_ref": COPYRIGHT, "selectors": ["type"]}],
    "extensions": {OWN_EXTENSION: {"extension_type": "property-extension", "rank": 5}},
}

VERSIONED = [
    {"type": "attack-pattern", "name": "Spear Phishing", "description": "a text", "aliases": ["x"], "kill_chain_phases": KILL_CHAIN},
    {"type": "campaign", "name": "Green Group", "description": "a text", "aliases": ["x"], **SEEN, "objective": "y"},
    {"type": "course-of-action", "name": "Block", "description": "a text"},
    {"type": "grouping", "name": "Black Vine", "description": "a text", "context": "suspicious-activity", "object_refs": [ref("indicator"), ref("campaign")]},
    {"type": "identity", "name": "Ministry", "description": "a text", "roles": ["host"], "identity_class": "organization", "sectors": ["technology"], "contact_information": "poc@example.com"},
    {"type": "incident", "name": "Incident 43", "description": "a text"},
    {"type": "indicator", "name": "Poison Ivy", "description": "a text", "indicator_types": ["malicious-activity"], "pattern": f"[file:hashes.'SHA-256' = '{SHA256}']", "pattern_type": "stix",
     "pattern_version": "2.1", "valid_from": "2016-01-01T00:00:00Z", "valid_until": "2017-01-01T00:00:00.5Z", "kill_chain_phases": KILL_CHAIN},
    {"type": "infrastructure", "name": "Poison Ivy C2", "description": "a text", "infrastructure_types": ["command-and-control"], "aliases": ["x"], "kill_chain_phases": KILL_CHAIN, **SEEN},
    {"type": "intrusion-set", "name": "Bobcat", "description": "a text", "aliases": ["x"], **SEEN, "goals": ["y"], "resource_level": "organization", "primary_motivation": "organizational-gain",
     "secondary_motivations": ["dominance"]},
    {"type": "location", "name": "Tokyo", "description": "a text", "latitude": 35.68, "longitude": 139.69, "precision": 100.5, "region": "eastern-asia", "country": "JP", "administrative_area": "JP-13",
     "city": "Tokyo", "street_address": "1-1", "postal_code": "100-0001"},
    {"type": "malware", "name": "Cryptolocker", "description": "a text", "malware_types": ["ransomware"], "is_family": True, "aliases": ["x"], "kill_chain_phases": KILL_CHAIN, **SEEN,
     "operating_system_refs": [ref("software")], "architecture_execution_envs": ["x86"], "implementation_languages": ["c"], "capabilities": ["exfiltrates-data"], "sample_refs": [ref("file"), ref("artifact")]},
    {"type": "malware-analysis", "product": "microsoft", "version": "1", "host_vm_ref": ref("software"), "operating_system_ref": ref("software", 2), "installed_software_refs": [ref("software", 3)],
     "configuration_version": "1", "modules": ["x"], "analysis_engine_version": "5.1.0", "analysis_definition_version": "053514-0062", "submitted": "2016-09-09T00:30:00Z",
     "analysis_started": "2016-09-09T00:31:00Z", "analysis_ended": "2016-09-09T00:32:00Z", "result_name": "x", "result": "malicious", "analysis_sco_refs": [ref("file")], "sample_ref": ref("file", 2)},
    {"type": "note", "abstract": "a text", "content": "a text", "authors": ["x"], "object_refs": [ref("campaign")], "granular_markings": [{"lang": "de", "selectors": ["abstract"]}]},
    {"type": "observed-data", "first_observed": "2016-09-09T00:30:00Z", "last_observed": "2016-09-09T00:31:00Z", "number_observed": 50, "object_refs": [ref("file"), ref("ipv4-addr")]},
    {"type": "observed-data", "first_observed": "2016-09-09T00:30:00Z", "last_observed": "2016-09-09T00:30:00Z", "number_observed": 1, "objects": {
        "0": {"type": "domain-name", "id": ref("domain-name"), "value": "example.com", "resolves_to_refs": ["1"]}, "1": {"type": "ipv4-addr", "id": ref("ipv4-addr"), "value": "198.51.100.3"}}},
    {"type": "opinion", "explanation": "a text", "authors": ["x"], "opinion": "strongly-disagree", "object_refs": [ref("relationship")]},
    {"type": "report", "name": "The Black Vine", "description": "a text", "report_types": ["campaign"], "published": "2016-01-20T17:00:00.000Z", "object_refs": [ref("indicator")]},
    {"type": "threat-actor", "name": "Evil Org", "description": "a text", "threat_actor_types": ["crime-syndicate"], "aliases": ["x"], **SEEN, "roles": ["director"], "goals": ["y"], "sophistication": "advanced",
     "resource_level": "team", "primary_motivation": "organizational-gain", "secondary_motivations": ["dominance"], "personal_motivations": ["revenge"]},
    {"type": "tool", "name": "VNC", "description": "a text", "tool_types": ["remote-access"], "aliases": ["x"], "kill_chain_phases": KILL_CHAIN, "tool_version": "1.0"},
    {"type": "vulnerability", "name": "CVE-2016-1234", "description": "a text"},
    {"type": "relationship", "relationship_type": "indicates", "description": "a text", "source_ref": ref("indicator"), "target_ref": ref("malware"), "start_time": "2016-09-09T00:30:00Z",
     "stop_time": "2016-09-10T00:30:00Z"},
    {"type": "sighting", "description": "a text", **SEEN, "count": 50, "sighting_of_ref": ref("indicator"), "observed_data_refs": [ref("observed-data")], "where_sighted_refs": [ref("identity")], "summary": True},
    {"type": "language-content", "object_ref": ref("campaign"), "object_modified": "2017-02-08T21:31:22.007Z", "contents": {"de": {"name": "Bankenangriff", "aliases": ["x", "y"]}, "fr": {"name": "Attaque"}}},
    {"type": "extension-definition", "name": "Extension", "description": "a text", "schema": "https://example.com/schema.json", "version": "1.2.1", "extension_types": ["property-extension", "new-sdo"]},
    {"type": "extension-definition", "name": "Extension", "schema": "a text", "version": "1.2.1", "extension_types": ["toplevel-property-extension"], "extension_properties": ["toxicity", "rank"]},
]
OWN = [  # nobody's types but their extension's
    {"type": "x-own-type", "name": "x", "own_refs": [ref("identity")], "own_hex": "ff", "extensions": {OWN_EXTENSION: {"extension_type": "new-sdo"}}},
    {"type": "x-own-link", "source_ref": ref("identity"), "target_ref": ref("tool"), "extensions": {OWN_EXTENSION: {"extension_type": "new-sro"}}},
    {"type": "indicator", "name": "x", "description": "y", "pattern": "alert tcp any any", "pattern_type": "snort", "valid_from": "2016-01-01T00:00:00Z", "rank": 5,
     "extensions": {OWN_EXTENSION: {"extension_type": "toplevel-property-extension"}}},
]
MARKINGS = [
    {"type": "marking-definition", "name": "Terms", "definition_type": "statement", "definition": {"statement": "Copyright 2016, Example"}},
    {"type": "marking-definition", "name": "Own", "extensions": COMMON["extensions"]},
]
TLP2_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP2 = {"clear": "94868c89-83c2-464b-929b-a1a8aa3c8487", "green": "bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "amber": "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        "amber+strict": "939a9414-2ddd-4d32-a0cd-375ea402b003", "red": "e828b379-4e03-4974-9ac4-e53a884c97c1"}
TLP = {"white": "613f2e26-407d-48c7-9eca-b8e91df99dc9", "green": "34098fce-860f-48ae-8e50-ebd3cc5e41da", "amber": "f88d31f6-486f-44da-b317-01333bde0b82", "red": "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"}

NETWORK = ["start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"]
OBSERVABLES = [  # with the names of what contributes to the id
    ({"type": "artifact", "mime_type": "image/jpeg", "payload_bin": "VBORw0KGgoAAAANSUhEUgAAADI=", "hashes": {"SHA-256": SHA256}}, ["hashes", "payload_bin"]),
    ({"type": "artifact", "mime_type": "application/zip", "url": "https://example.com/x.zip", "hashes": {"MD5": MD5}, "encryption_algorithm": "mime-type-indicated", "decryption_key": "x"}, ["hashes", "payload_bin"]),
    ({"type": "autonomous-system", "number": 15139, "name": "Slime", "rir": "ARIN"}, ["number"]),
    ({"type": "directory", "path": "C:\\Windows", "path_enc": "UTF-8", "ctime": "2016-09-09T00:30:00Z", "mtime": "2016-09-09T00:30:00Z", "atime": "2016-09-09T00:30:00Z", "contains_refs": [ref("file"), ref("directory")]}, ["path"]),
    ({"type": "domain-name", "value": "example.com", "resolves_to_refs": [ref("ipv4-addr"), ref("domain-name")]}, ["value"]),
    ({"type": "email-addr", "value": "john@example.com", "display_name": "John Doe", "belongs_to_ref": ref("user-account")}, ["value"]),
    ({"type": "email-message", "is_multipart": False, "date": "2016-09-09T00:30:00Z", "content_type": "text/plain", "from_ref": ref("email-addr"), "sender_ref": ref("email-addr", 2), "to_refs": [ref("email-addr", 3)],
      "cc_refs": [ref("email-addr", 4)], "bcc_refs": [ref("email-addr", 5)], "message_id": "<x@example.com>", "subject": "x", "received_lines": ["from mail.example.com"],
      "additional_header_fields": {"Reply-To": ["steve@example.com"]}, "body": "a text", "raw_email_ref": ref("artifact")}, ["from_ref", "subject", "body"]),
    ({"type": "email-message", "is_multipart": True, "subject": "x", "body_multipart": [{"content_type": "text/plain; charset=utf-8", "content_disposition": "inline", "body": "a text"},
      {"content_type": "image/png", "content_disposition": "attachment; filename=\"x.png\"", "body_raw_ref": ref("artifact")}]}, ["from_ref", "subject", "body"]),
    ({"type": "file", "hashes": {"SHA-256": SHA256, "MD5": MD5}, "size": 25536, "name": "foo.exe", "name_enc": "UTF-8", "magic_number_hex": "ffd8", "mime_type": "application/zip", "ctime": "2016-09-09T00:30:00Z",
      "mtime": "2016-09-09T00:30:00Z", "atime": "2016-09-09T00:30:00Z", "parent_directory_ref": ref("directory"), "contains_refs": [ref("file", 2)], "content_ref": ref("artifact")}, ["hashes", "name", "extensions", "parent_directory_ref"]),
    ({"type": "file", "name": "a.zip", "extensions": {"archive-ext": {"contains_refs": [ref("file"), ref("directory")], "comment": "x"}}}, ["hashes", "name", "extensions", "parent_directory_ref"]),
    ({"type": "file", "name": "a", "extensions": {"ntfs-ext": {"sid": "1234567", "alternate_data_streams": [{"name": "second.stream", "hashes": {"MD5": MD5}, "size": 25536}]}}}, ["hashes", "name", "extensions", "parent_directory_ref"]),
    ({"type": "file", "name": "a", "extensions": {"pdf-ext": {"version": "1.7", "is_optimized": False, "document_info_dict": {"Title": "Sample", "Author": "x"}, "pdfid0": "DFCE52BD827ECF765649852119D",
      "pdfid1": "57A1E0F9ED2AE523E313C"}}}, ["hashes", "name", "extensions", "parent_directory_ref"]),
    ({"type": "file", "name": "a", "extensions": {"raster-image-ext": {"image_height": 100, "image_width": 200, "bits_per_pixel": 16, "exif_tags": {"Make": "Nikon", "XResolution": 4928}}}}, ["hashes", "name", "extensions", "parent_directory_ref"]),
    ({"type": "file", "name": "a", "extensions": {"windows-pebinary-ext": {"pe_type": "exe", "imphash": MD5, "machine_hex": "014c", "number_of_sections": 4, "time_date_stamp": "2016-09-09T00:30:00Z",
      "pointer_to_symbol_table_hex": "74726144", "number_of_symbols": 4, "size_of_optional_header": 224, "characteristics_hex": "818f", "file_header_hashes": {"MD5": MD5},
      "optional_header": {"magic_hex": "010b", "major_linker_version": 2, "minor_linker_version": 25, "size_of_code": 512, "size_of_initialized_data": 283648, "size_of_uninitialized_data": 0,
                          "address_of_entry_point": 4096, "base_of_code": 4096, "base_of_data": 8192, "image_base": 14548992, "section_alignment": 4096, "file_alignment": 4096, "major_os_version": 1, "minor_os_version": 0,
                          "major_image_version": 0, "minor_image_version": 0, "major_subsystem_version": 4, "minor_subsystem_version": 0, "win32_version_value_hex": "00", "size_of_image": 299008, "size_of_headers": 4096,
                          "checksum_hex": "00", "subsystem_hex": "03", "dll_characteristics_hex": "00", "size_of_stack_reserve": 100000, "size_of_stack_commit": 8192, "size_of_heap_reserve": 100000,
                          "size_of_heap_commit": 4096, "loader_flags_hex": "abdbffde", "number_of_rva_and_sizes": 3758087646, "hashes": {"MD5": MD5}},
      "sections": [{"name": "CODE", "size": 1000, "entropy": 0.061089, "hashes": {"SHA-256": SHA256}}]}}}, ["hashes", "name", "extensions", "parent_directory_ref"]),
    ({"type": "ipv4-addr", "value": "198.51.100.0/24", "resolves_to_refs": [ref("mac-addr")], "belongs_to_refs": [ref("autonomous-system")]}, ["value"]),
    ({"type": "ipv6-addr", "value": "2001:0db8::/96", "resolves_to_refs": [ref("mac-addr")], "belongs_to_refs": [ref("autonomous-system")]}, ["value"]),
    ({"type": "mac-addr", "value": "d2:fb:49:24:37:18"}, ["value"]),
    ({"type": "mutex", "name": "__CLEANSWEEP__"}, ["name"]),
    ({"type": "network-traffic", "start": "2016-09-09T00:30:00Z", "end": "2016-09-09T00:31:00Z", "is_active": False, "src_ref": ref("ipv4-addr"), "dst_ref": ref("domain-name"), "src_port": 24678, "dst_port": 80,
      "protocols": ["ipv4", "tcp", "http"], "src_byte_count": 35779, "dst_byte_count": 935750, "src_packets": 14356, "dst_packets": 14356, "ipfix": {"minimumIpTotalLength": 32, "x": "y"}, "src_payload_ref": ref("artifact"),
      "dst_payload_ref": ref("artifact", 2), "encapsulates_refs": [ref("network-traffic")], "encapsulated_by_ref": ref("network-traffic", 2)}, NETWORK),
    ({"type": "network-traffic", "dst_ref": ref("ipv6-addr"), "protocols": ["tcp", "http"], "extensions": {
      "http-request-ext": {"request_method": "get", "request_value": "/download.html", "request_version": "http/1.1", "request_header": {"Accept-Encoding": ["gzip,deflate"], "Host": ["www.example.com"]},
                           "message_body_length": 5, "message_body_data_ref": ref("artifact")}}}, NETWORK),
    ({"type": "network-traffic", "src_ref": ref("mac-addr"), "protocols": ["icmp"], "extensions": {"icmp-ext": {"icmp_type_hex": "08", "icmp_code_hex": "00"}}}, NETWORK),
    ({"type": "network-traffic", "src_ref": ref("ipv4-addr"), "protocols": ["tcp"], "extensions": {"tcp-ext": {"src_flags_hex": "00000002", "dst_flags_hex": "12"},
      "socket-ext": {"address_family": "AF_INET", "is_blocking": True, "is_listening": True, "options": {"SO_KEEPALIVE": 1}, "socket_type": "SOCK_STREAM", "socket_descriptor": 6, "socket_handle": 1}}}, NETWORK),
    ({"type": "process", "is_hidden": False, "pid": 1221, "created_time": "2016-09-09T00:30:00Z", "cwd": "/tmp", "command_line": "./x -a", "environment_variables": {"PATH": "/bin"}, "opened_connection_refs": [ref("network-traffic")],
      "creator_user_ref": ref("user-account"), "image_ref": ref("file"), "parent_ref": ref("process"), "child_refs": [ref("process", 2)]}, None),
    ({"type": "process", "extensions": {
      "windows-process-ext": {"aslr_enabled": True, "dep_enabled": True, "priority": "HIGH_PRIORITY_CLASS", "owner_sid": "S-1-5-21", "window_title": "x", "startup_info": {"lpDesktop": "x"}, "integrity_level": "high"},
      "windows-service-ext": {"service_name": "x", "descriptions": ["y"], "display_name": "z", "group_name": "g", "start_type": "SERVICE_AUTO_START", "service_dll_refs": [ref("file")], "service_type": "SERVICE_WIN32_OWN_PROCESS",
                              "service_status": "SERVICE_RUNNING"}}}, None),
    ({"type": "software", "name": "Word", "cpe": "cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*:*", "swid": "x", "languages": ["en"], "vendor": "Microsoft", "version": "2002"}, ["name", "cpe", "swid", "vendor", "version"]),
    ({"type": "url", "value": "https://example.com/research/index.html"}, ["value"]),
    ({"type": "user-account", "user_id": "1001", "credential": "x", "account_login": "jdoe", "account_type": "unix", "display_name": "John Doe", "is_service_account": False, "is_privileged": False, "can_escalate_privs": True,
      "is_disabled": False, "account_created": "2016-01-20T12:31:12Z", "account_expires": "2017-01-20T12:31:12Z", "credential_last_changed": "2016-01-20T14:27:43Z", "account_first_login": "2016-01-20T14:26:07Z",
      "account_last_login": "2016-07-22T16:08:28Z", "extensions": {"unix-account-ext": {"gid": 1001, "groups": ["wheel"], "home_dir": "/home/jdoe", "shell": "/bin/bash"}}}, ["account_type", "user_id", "account_login"]),
    ({"type": "windows-registry-key", "key": "hkey_local_machine\\system\\bar\\foo", "values": [{"name": "Foo", "data": "qwerty", "data_type": "REG_SZ"}], "modified_time": "2016-09-09T00:30:00Z",
      "creator_user_ref": ref("user-account"), "number_of_subkeys": 5}, ["key", "values"]),
    ({"type": "x509-certificate", "is_self_signed": False, "hashes": {"SHA-256": SHA256}, "version": "3", "serial_number": "36:f7:d4:32", "signature_algorithm": "md5WithRSAEncryption", "issuer": "C=ZA",
      "validity_not_before": "2016-03-12T12:00:00Z", "validity_not_after": "2016-08-21T12:00:00Z", "subject": "C=US", "subject_public_key_algorithm": "rsaEncryption", "subject_public_key_modulus": "00:b4",
      "subject_public_key_exponent": 65537, "x509_v3_extensions": {"basic_constraints": "critical,CA:TRUE, pathlen:0", "name_constraints": "x", "policy_constraints": "x", "key_usage": "critical, keyCertSign",
      "extended_key_usage": "critical,codeSigning", "subject_key_identifier": "hash", "authority_key_identifier": "keyid,issuer", "subject_alternative_name": "email:my@example.com", "issuer_alternative_name": "issuer:copy",
      "subject_directory_attributes": "x", "crl_distribution_points": "URI:http://example.com/my.crl", "inhibit_any_policy": "2", "private_key_usage_period_not_before": "2016-03-12T12:00:00Z",
      "private_key_usage_period_not_after": "2018-03-12T12:00:00Z", "certificate_policies": "1.2.4.5", "policy_mappings": "x"}}, ["hashes", "serial_number"]),
]


CONTRIBUTING = {obj["type"]: names for obj, names in OBSERVABLES}


def name_itself(obj):
    """A cyber-observable gets the id its properties make: UUIDv5 over RFC 8785 (the numbers here read the same in both)."""
    if obj["type"] not in CONTRIBUTING:
        return obj
    part = {k: obj[k] for k in CONTRIBUTING[obj["type"]] or [] if k in obj}
    if "hashes" in part:
        part["hashes"] = next(({h: part["hashes"][h]} for h in ["MD5", "SHA-1", "SHA-256", "SHA-512"] if h in part["hashes"]), part["hashes"])
    name = json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    obj["id"] = f"{obj['type']}--{uuid.uuid5(SCO_NAMESPACE, name)}" if part else ref(obj["type"], 9)
    return obj


def full():
    for obj in VERSIONED + OWN:
        yield {"type": obj["type"], "id": ref(obj["type"], 7), **COMMON, **obj}
    for obj in MARKINGS:
        common = {k: v for k, v in COMMON.items() if k in ("spec_version", "created", "created_by_ref", "external_references", "object_marking_refs")}
        yield {"id": ref("marking-definition", 7), **common, **obj}
    for level, number in TLP.items():
        yield {"type": "marking-definition", "spec_version": "2.1", "id": f"marking-definition--{number}", "created": "2017-01-20T00:00:00.000Z", "name": f"TLP:{level.upper()}", "definition_type": "tlp",
               "definition": {"tlp": level}}
    for level, number in TLP2.items():
        yield {"type": "marking-definition", "spec_version": "2.1", "id": f"marking-definition--{number}", "created": "2022-10-01T00:00:00.000Z", "name": f"TLP:{level.upper()}",
               "extensions": {TLP2_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": level}}}
    yield {"type": "x-own-observable", "id": ref("x-own-observable"), **OF_OBSERVABLES, "value": "x", "extensions": {OWN_EXTENSION: {"extension_type": "new-sco"}}}
    for obj, _ in OBSERVABLES:
        yield name_itself({**OF_OBSERVABLES, **obj, "extensions": {**OF_OBSERVABLES["extensions"], **obj.get("extensions", {})}})
