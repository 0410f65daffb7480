"""Events, delivered: signed, in order per work order, tried again until they arrive.

Numbering an event (accounts/events.py) queues it for every endpoint that wants it, in the same transaction. Workers
then send what is due. A worker that dies after sending and before writing that down sends again: deliveries arrive at
least once, and carry the same `webhook-id` each time.
"""
