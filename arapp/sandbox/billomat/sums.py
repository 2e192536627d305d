"""What a document adds up to (reference section 7): tax per group, cents half up, net parts kept finer."""

from decimal import ROUND_HALF_UP, Decimal

from arapp.sandbox.billomat.wire import Many, Row

CENT = Decimal("0.01")
FINE = Decimal("0.0001")
HUNDRED = Decimal(100)
ZERO = Decimal(0)

Group = tuple[str | None, Decimal]


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def fine(value: Decimal) -> Decimal:
    return value.quantize(FINE, ROUND_HALF_UP)


def sum_up(document: Row, lines: list[Row]) -> None:
    """Set the totals and taxes of a document, and the totals of its lines."""
    gross_basis = document["net_gross"] == "GROSS"
    groups: dict[Group, Decimal] = {}
    for line in lines:
        group = (line["tax_name"], line["tax_rate"] or ZERO)
        groups[group] = groups.get(group, ZERO) + _price(line, gross_basis)
    share = _share_left(document["reduction"], sum(groups.values(), ZERO))
    full_net, full_gross, _ = _add(groups, gross_basis)
    net, gross, taxes = _add({group: amount * share for group, amount in groups.items()}, gross_basis)
    document["total_net"], document["total_gross"] = net, gross
    document["total_net_unreduced"], document["total_gross_unreduced"] = full_net, full_gross
    document["total_reduction"] = full_gross - gross if gross_basis else full_net - net
    document["taxes"] = Many("tax", taxes)


def _price(line: Row, gross_basis: bool) -> Decimal:
    """The line's value in the document's price basis; its four totals are set on the way."""
    full = (line["quantity"] or ZERO) * (line["unit_price"] or ZERO)
    left = full * _share_left(line["reduction"], full)
    rate = line["tax_rate"] or ZERO
    line["total_net"], line["total_gross"] = _both(left, rate, gross_basis)
    line["total_net_unreduced"], line["total_gross_unreduced"] = _both(full, rate, gross_basis)
    return left


def _both(amount: Decimal, rate: Decimal, gross_basis: bool) -> tuple[Decimal, Decimal]:
    factor = 1 + rate / HUNDRED
    if gross_basis:
        return fine(amount / factor if factor else ZERO), fine(amount)
    return fine(amount), fine(amount * factor)


def _share_left(reduction: str | None, base: Decimal) -> Decimal:
    """What a reduction leaves: ``"10%"`` is a share, ``"10"`` an amount in the price basis."""
    if not reduction:
        return Decimal(1)
    off = Decimal(reduction.rstrip("% "))
    if reduction.endswith("%"):
        return 1 - off / HUNDRED
    return 1 - off / base if base else Decimal(1)


def _add(groups: dict[Group, Decimal], gross_basis: bool) -> tuple[Decimal, Decimal, list[Row]]:
    parts = [(group, *_both(amount, group[1], gross_basis)) for group, amount in groups.items()]
    tax = sum((cents(gross - net) for _, net, gross in parts), ZERO)
    blocks = [_block(group, net, gross) for group, net, gross in parts if group[0] or group[1]]
    if gross_basis:
        total = cents(sum((gross for _, _, gross in parts), ZERO))
        return total - tax, total, blocks
    total = cents(sum((net for _, net, _ in parts), ZERO))
    return total, total + tax, blocks


def _block(group: Group, net: Decimal, gross: Decimal) -> Row:
    block: Row = {"name": group[0], "rate": group[1]}
    plain = {"amount": gross - net, "amount_net": net, "amount_gross": gross}
    for name, value in plain.items():
        shown = cents(value) if name == "amount" else value
        block |= {name: shown, f"{name}_plain": value, f"{name}_rounded": cents(value)}
    return block
