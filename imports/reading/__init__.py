"""The reading half of imports: bytes in, typed columns and issues out. No models, no database, no Django.

    source = open_source(content, file_name="bom.csv")      # source.py; UnreadableFile says why not
    content = fetch_sheet(link)                             # sheets.py; a Google Sheets link's CSV

    mapping = parse_mapping(json.loads(document), "boms")   # mapping.py; MappingError has every problem
    mapping.as_json()                                       # back to the document
    proposal = propose_mapping(source, "boms", mapping)     # propose.py; decisions with evidence, questions,
                                                            # samples, header signature; an answer goes into the
                                                            # mapping under the question's key
    result = read_rows(source, "boms", mapping)             # read.py; never raises for what the file holds

    result.accepted, .refused, .skipped, .rows, .blank_rows, .duplicates, .is_refused_whole
    result.issues                                           # Issue(row, column, value, code, message, severity)
    result.row_numbers                                      # the file's own row of each accepted row, from 1
    result.values("usage")                                  # one Decimal (or None) per accepted row
    result.columns["component_sku"].pool, .texts, .ids       # the same, each distinct text once
    write_refused(source, result)                           # refused.py; the refused rows as CSV, with reasons

`kinds.KINDS[name]` holds the columns of each kind, their types and bounds. Without a mapping `read_rows` takes
what headers and values prove; what they leave open is an error that says which key of the mapping answers it.
"""
