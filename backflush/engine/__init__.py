"""The calculation: what a completion consumes, what it costs, what is booked.

Pure functions from frozen dataclasses to frozen dataclasses (`types`), the standard library only: no clock, no
database, no logging, no float. Import from the modules named here.

    enums, types, results, postings, errors
                              the vocabulary; everything refused raises EngineError(code, message, keys)
    places.SupplyPlan(site, stocking, parents)
                              in which order locations supply a line; one object per work site
    stock.StockPool(rows: Iterable[StockRow], lot_order)
                              what is on hand; picks take from it, so share one pool among completions
    compute.compute_completion(inputs: CompletionInputs) -> ComputedBackflush
                              lines, lots, variances, totals, shortages of one completion
    recipe.compile_recipe(recipe: Recipe) -> CompiledRecipe
                              done by itself on first use and kept on the Recipe object
    journal.build_journal(inputs: JournalInputs) -> Journal
    journal.upstream_scrap(upstream, scrap, operation) -> int
    shares.held_share(terms: Iterable[Mapping[str, Any]]) -> tuple[Fraction, Fraction]
                              what live lines hold of a substitute's exact share, for Held.share_*
    words.explain(terms: Mapping[str, Any]) -> str  (also explain_standard, question)
                              the sum in words, from a line's stored terms
    tolerance.is_standard_run(computed: ComputedBackflush, weight_limit_minor, value_limit_minor) -> bool
"""
