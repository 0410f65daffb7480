"""The statements that read the basis. Row security limits each to the bound organization."""

COMPLETIONS = """
SELECT c.id, c.output_id, w.id, w.number, w.status, w.is_closed, w.work_site_id, o.item_id, c.operation_number,
       c.good_quantity, c.scrap_quantity, c.scrap_operation_number, c.scrap_reason_id,
       COALESCE(r.is_abnormal, false), c.is_final, c.completed_on, c.completed_at, o.quantity, o.conversion_cost,
       o.scrap_policy, o.planned_loss_percent, o.bom_output_quantity,
       ARRAY(SELECT jsonb_array_elements_text(NULLIF(o.reporting_points, '[]'))::int), o.snapshot_at,
       c.output_lot_code, c.reference
FROM production_completion c
JOIN production_workorderoutput o ON o.id = c.output_id
JOIN production_workorder w ON w.id = o.work_order_id
LEFT JOIN inventory_reasoncode r ON r.id = c.scrap_reason_id
WHERE c.id = ANY(%s)
ORDER BY w.id, c.completed_at, c.id
"""

# Hundreds of orders share a recipe: each is told by its digest, and only one of each kind is read line by line.
RECIPES = """
SELECT i.output_id, md5(string_agg(concat_ws('|', i.position, i.component_id, i.line_type, i.basis, i.usage,
           i.usage_per,
           i.fixed_quantity, i.unit, i.loss_percent, i.loss_method, COALESCE(i.operation_number, -1), i.supply,
           COALESCE(i.supply_location_id, 0), i.is_phantom, COALESCE(p.position, -1), i.factor_numerator,
           i.factor_denominator, COALESCE(i.rounding_step, 0), i.rounding_direction, i.planned_loss_percent,
           i.substitutes), E'\\n' ORDER BY i.position)),
       array_agg(i.id ORDER BY i.position)
FROM production_workorderinput i
LEFT JOIN production_workorderinput p ON p.id = i.phantom_parent_id
WHERE i.output_id = ANY(%s) AND i.is_current GROUP BY i.output_id
"""

INPUTS = """
SELECT i.output_id, i.id, i.position, i.component_id, i.line_type, i.basis, i.usage, i.usage_per, i.fixed_quantity,
       i.unit, i.loss_percent, i.loss_method, i.operation_number, i.supply, i.supply_location_id, i.is_phantom,
       i.phantom_parent_id, i.factor_numerator, i.factor_denominator, i.rounding_step, i.rounding_direction,
       NULLIF(i.substitutes, '[]')::text, i.bom_line_id, i.planned_loss_percent
FROM production_workorderinput i WHERE i.output_id = ANY(%s) AND i.is_current ORDER BY i.output_id, i.position
"""

HELD_UNITS = """
SELECT c.output_id, b.id, c.id, c.operation_number, c.good_quantity, c.scrap_quantity, c.scrap_operation_number,
       b.status
FROM production_completion c
JOIN backflush_backflush b ON b.completion_id = c.id AND b.status NOT IN ('REVERSED', 'DISCARDED')
WHERE c.output_id = ANY(%s) ORDER BY b.id
"""

HELD_LINES = """
SELECT l.backflush_id, l.input_id, l.item_id, l.stands_in_for_id, l.standard_quantity, l.scrap_quantity,
       l.expected_quantity, l.actual_quantity, l.origin_standard_quantity, l.origin_expected_quantity, l.factor,
       (l.terms->'exact')::text
FROM backflush_backflushline l WHERE l.backflush_id = ANY(%s) AND l.input_id IS NOT NULL ORDER BY l.id
"""

USE = """
SELECT u.work_order_id, u.id, u.completion_id, u.input_id, u.item_id, u.quantity, u.lot_code, u.location_id,
       u.stands_in_for_id, u.factor, u.operation_number, u.position, h.backflush_id
FROM production_reporteduse u
LEFT JOIN backflush_helduse h ON h.reported_use_id = u.id AND h.is_live
WHERE u.work_order_id = ANY(%s) ORDER BY u.work_order_id, u.id
"""

POSTED = """
SELECT c.output_id, l.input_id, l.item_id, p.location_id, p.lot_id, p.quantity, p.unit_cost, l.factor
FROM production_completion c
JOIN backflush_backflush b ON b.completion_id = c.id AND b.status = 'POSTED'
JOIN backflush_backflushline l ON l.backflush_id = b.id
JOIN backflush_lotpick p ON p.line_id = l.id
WHERE c.output_id = ANY(%s) AND l.input_id IS NOT NULL
ORDER BY b.posted_at DESC, l.id DESC, p.id DESC
"""

ITEMS = """
SELECT id, sku, unit, tracking, negative_policy, rounding_step, rounding_direction, supply_location_id,
       tolerance_percent, tolerance_minor, is_stock_known, item_class, kind
FROM inventory_item WHERE id = ANY(%s)
"""

COSTS = """
SELECT item_id, effective_from, effective_to, standard_cost FROM inventory_itemcost WHERE item_id = ANY(%s)
"""

STOCKING = "SELECT id FROM inventory_location WHERE is_stocking ORDER BY pick_order, code, id"

PARENTS = "SELECT id, parent_id FROM inventory_location"

LOTS_BY_CODE = """
SELECT t.item_id, t.code, t.id FROM inventory_lot t
JOIN unnest(%s::bigint[], %s::text[]) AS v(item_id, code) ON v.item_id = t.item_id AND v.code = t.code
"""

# What posted documents left in WIP at earlier points, and what later ones took from it.
UPSTREAM = """
SELECT c.output_id, c.operation_number, c.good_quantity, b.wip_minor, NULLIF(b.upstream_taken, '[]')::text
FROM production_completion c
JOIN backflush_backflush b ON b.completion_id = c.id AND b.status = 'POSTED'
WHERE c.output_id = ANY(%s) ORDER BY b.id
"""

STOCK = """
SELECT b.item_id, b.location_id, b.lot_id, b.on_hand - COALESCE(d.quantity, 0)
FROM inventory_stockbalance b
LEFT JOIN (
    SELECT l.item_id, p.location_id, p.lot_id, sum(p.quantity) AS quantity
    FROM backflush_backflush f
    JOIN backflush_backflushline l ON l.backflush_id = f.id
    JOIN backflush_lotpick p ON p.line_id = l.id
    WHERE f.status IN ('DRAFT', 'SUBMITTED', 'RETURNED') AND NOT f.id = ANY(%s) AND l.item_id = ANY(%s)
    GROUP BY l.item_id, p.location_id, p.lot_id
) d ON d.item_id = b.item_id AND d.location_id = b.location_id AND d.lot_id IS NOT DISTINCT FROM b.lot_id
WHERE b.item_id = ANY(%s)
"""

# By themselves: joined, thousands of fresh lots of which the planner knows nothing are looped over for each balance.
LOTS = "SELECT id, code, received_on, expires_on, unit_cost FROM inventory_lot WHERE id = ANY(%s)"
