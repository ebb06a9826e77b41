from __future__ import annotations

from briefbot.choose import blocks
from briefbot.cite import Quoted
from briefbot.evidence import Evidence, quotes_of
from briefbot.types import Chunk


def quoted(text: str, *, document: str = "a.md", heading: tuple[str, ...] = ()) -> list[Quoted]:
    return quotes_of(Chunk(document, "A", text, 0, len(text), heading=heading))


def scored(*items: tuple[Quoted, float]) -> list[Evidence]:
    return [Evidence(quote, score) for quote, score in items]


def test_each_side_of_a_comparison_has_its_own_block():
    peru, chile, rain = quoted("Peru sells copper. Chile buys tin. It rains in spring.")

    plan = blocks(
        "How do Peru and Chile differ?", scored((peru, 0.9), (rain, 0.8), (chile, 0.1)), most=4
    )

    assert [(block.heading, block.quotes) for block in plan] == [
        ("Peru", (peru,)),
        ("Chile", (chile,)),
    ]


def test_a_sentence_that_contrasts_the_sides_comes_before_them():
    both, peru, chile = quoted(
        "Peru sells copper, whereas Chile keeps it. Peru has ports. Chile has railways."
    )

    plan = blocks(
        "How do Peru and Chile differ?", scored((both, 0.9), (peru, 0.5), (chile, 0.4)), most=4
    )

    assert [block.heading for block in plan] == ["", "Peru", "Chile"]
    assert plan[0].quotes == (both,)


def test_a_side_without_a_sentence_has_no_block():
    (peru,) = quoted("Peru sells copper.")

    plan = blocks("How do Peru and Chile differ?", scored((peru, 0.9)), most=4)

    assert [block.heading for block in plan] == ["Peru"]


def test_points_listed_under_a_heading_about_both_sides_are_the_comparison():
    text = "- Members: two against nine.\n- Duty: to consult against to fight.\n"
    members, duty = quoted(text, heading=("How does the pact differ from the league?",))

    plan = blocks("Compare the pact with the league.", scored((duty, 0.9), (members, 0.5)), most=4)

    assert [(block.is_list, block.quotes) for block in plan] == [(True, (members, duty))]


def test_sentences_that_answer_a_question_for_several_are_items():
    one, other = quoted("Peru takes part as host. The lake dries out in summer.")

    (block,) = blocks("Which countries take part?", scored((one, 0.9), (other, 0.8)), most=4)

    assert block.is_list
    assert block.quotes == (one, other)


def test_an_enumeration_inside_one_sentence_stays_one_sentence():
    whole, rest = quoted("Peru, Chile and Bolivia take part. The lake dries out in summer.")

    (block,) = blocks("Which countries take part?", scored((rest, 0.9), (whole, 0.8)), most=4)

    assert (block.is_list, block.quotes) == (False, (whole,))


def test_a_list_that_a_sentence_announces_is_complete():
    lead, one, other = quoted("Two states take part:\n- Peru\n- Chile\n")

    (block,) = blocks("Which states take part?", scored((lead, 0.9), (one, 0.1)), most=2)

    assert block.quotes == (lead, one, other)


def test_a_definition_is_what_says_what_the_term_is_and_the_sentence_after_it():
    use, what, after = quoted(
        "Many states like the pact. The pact is a treaty of two states. It has no end."
    )

    (block,) = blocks("What is the pact?", scored((use, 0.9), (what, 0.8), (after, 0.1)), most=4)

    assert block.quotes == (what, after)


def test_positions_stand_under_the_names_of_those_who_hold_them():
    lee, ek = quoted("Ann Lee said that copper is dear. Bo Ek warned that copper is scarce.")
    question = "What do critics say about copper?"

    plan = blocks(question, scored((lee, 0.9), (ek, 0.89)), most=4)

    assert {block.heading for block in plan} == {"Ann Lee", "Bo Ek"}


def test_a_sentence_that_only_announces_a_view_brings_the_view():
    spoke, view = quoted("Ann Lee spoke in Lima on Monday. Copper is too dear for Peru.")

    (block,) = blocks(
        "What does Ann Lee think of copper?", scored((spoke, 0.9), (view, 0.1)), most=4
    )

    assert block.quotes == (spoke, view)


def test_what_stands_under_the_question_itself_comes_first():
    (for_it,) = quoted("Copper is cheap.", heading=("What are the arguments for copper?",))
    (against,) = quoted(
        "Copper is heavy.", document="b.md", heading=("What are the arguments against copper?",)
    )

    plan = blocks(
        "What are the arguments against copper?", scored((for_it, 0.9), (against, 0.6)), most=4
    )

    assert plan[0].quotes[0] == against


def test_a_question_about_now_prefers_the_newest():
    old, new = quoted("Ann Lee led the port in 2007. Bo Ek led the port in 2024.")

    plan = blocks("Who leads the port now?", scored((old, 0.9), (new, 0.6)), most=4)

    assert plan[0].quotes == (new,)


def test_a_question_about_now_prefers_what_is_to_what_was():
    was, has = quoted("Ann Lee led the port in 2026. Bo Ek has led the port since May 2026.")

    plan = blocks("Who leads the port now?", scored((was, 0.9), (has, 0.7)), most=4)

    assert plan[0].quotes[0] == has


def test_a_sentence_that_only_advises_the_reader_does_not_answer():
    advice, fact = quoted(
        "The turn is for a year, so readers after May should check who leads. Bo Ek leads the port."
    )

    plan = blocks("Who leads the port?", scored((advice, 0.9), (fact, 0.6)), most=4)

    assert plan[0].quotes[0] == fact


def test_a_sentence_about_its_own_page_gives_way():
    about, fact = quoted("This page lists ports of Peru. Callao handles copper.")

    plan = blocks("Why does Callao matter?", scored((about, 0.9), (fact, 0.6)), most=4)

    assert plan[0].quotes == (fact,)


def test_without_evidence_there_are_no_blocks():
    assert blocks("How do Peru and Chile differ?", [], most=4) == []


def test_an_item_brings_the_list_in_which_it_stands():
    lead, one, other, _ = quoted("Two states take part:\n- Peru\n- Chile\n\nIt rains in spring.")

    (block,) = blocks("Which states take part?", scored((other, 0.9), (one, 0.1)), most=2)

    assert block.quotes == (lead, one, other)


def test_a_side_that_was_read_for_alone_brings_its_own_sentences():
    peru, _ = quoted("Peru sells copper to the north. Peru has mountains.")
    _, chile = quoted("Chile has deserts. Chile sells copper to the south.", document="b.md")
    weak = scored((peru, 0.5))

    plan = blocks(
        "How do Peru and Chile differ on copper?",
        weak,
        most=4,
        sides={"Peru": weak, "Chile": scored((chile, 0.6))},
    )

    assert [(block.heading, block.quotes) for block in plan] == [
        ("Peru", (peru,)),
        ("Chile", (chile,)),
    ]


def test_points_that_sentences_count_are_complete():
    lead, first, detail, second, third, rest = quoted(
        "The plan leaves three questions open. The first question is who joins. Nobody knows. "
        "The second question is who pays. The third question is who leads. It rains in spring."
    )

    (block,) = blocks(
        "Which questions does the plan leave open?",
        scored((lead, 0.9), (third, 0.8), (second, 0.7), (rest, 0.6), (detail, 0.1), (first, 0.1)),
        most=4,
    )

    assert (block.is_list, block.quotes) == (True, (lead, first, second, third))


def test_one_counted_point_does_not_bring_the_others():
    _, second, other = quoted(
        "The first question is who joins. The second question is who pays. Peru sells copper."
    )

    (block,) = blocks(
        "Which questions does the plan leave open?", scored((second, 0.9), (other, 0.8)), most=4
    )

    assert block.quotes == (second, other)


def test_two_items_of_a_list_without_a_lead_bring_the_rest_of_it():
    one, two, three = quoted("- Peru sells tin\n- Chile sells tin\n- Bolivia keeps tin\n")

    (block,) = blocks("Which states take part?", scored((two, 0.9), (three, 0.8)), most=2)

    assert block.quotes == (one, two, three)


def test_which_came_first_is_not_answered_by_what_a_side_did_first():
    signed, drilled, founded = quoted(
        "The pact was signed in 1954. The pact first held exercises in 1956. "
        "The league was founded in 1971."
    )

    plan = blocks(
        "Which came first, the pact or the league?",
        scored((drilled, 0.9), (signed, 0.3), (founded, 0.3)),
        most=2,
        sides={
            "pact": scored((signed, 0.8), (drilled, 0.6)),
            "league": scored((founded, 0.7)),
        },
    )

    assert [(block.heading, block.quotes) for block in plan] == [
        ("pact", (signed,)),
        ("league", (founded,)),
    ]


def test_who_did_it_comes_before_what_others_call_it():
    called, proposed = quoted(
        "Weber called Ishiba's proposal a bold idea. Ishiba, then a candidate, proposed a pact."
    )

    plan = blocks("What did Ishiba propose?", scored((called, 0.6), (proposed, 0.5)), most=1)

    assert [block.quotes for block in plan] == [(proposed,)]


def test_what_others_say_of_a_proposal_is_not_what_was_proposed():
    called, proposed, argued = quoted(
        "Kenneth Weinstein, a scholar who knows both capitals, called Ishiba's plan daring. "
        "Ishiba proposed a defence pact. Ishiba's main argument was that wars get likelier."
    )

    (block,) = blocks(
        "What did Ishiba propose, and why?",
        scored((called, 0.6), (argued, 0.5), (proposed, 0.5)),
        most=4,
    )

    assert block.quotes == (proposed, argued)


def test_what_a_sentence_only_announces_follows_it():
    announced, listed, weather = quoted(
        "Article V lists what counts as an attack. The list covers ships and islands. It rained."
    )

    plan = blocks("What counts as an attack?", scored((announced, 0.9), (weather, 0.1)), most=4)

    assert [block.quotes for block in plan] == [(announced, listed)]


def test_a_sentence_that_says_it_itself_brings_nothing():
    said, after = quoted("Article V covers ships and islands. The list was made in Manila.")

    plan = blocks("What counts as an attack?", scored((said, 0.9), (after, 0.1)), most=4)

    assert [block.quotes for block in plan] == [(said,)]


def test_an_actor_is_also_named_by_an_adjective():
    (others,) = quoted("Peru rejects the idea, ministers said.", document="peru.md")
    (chile,) = quoted("A Chilean spokesman rejected the idea.", document="chile.md")

    plan = blocks("What does Chile say of the idea?", scored((others, 0.6), (chile, 0.4)), most=1)

    assert plan[0].quotes[0] == chile


def test_names_with_another_root_are_other_names():
    (austria,) = quoted("Austrian ministers said that it was neutral.", document="a.md")
    (australia,) = quoted("Australian ministers said that it was near.", document="b.md")

    plan = blocks("What does Australia say?", scored((austria, 0.6), (australia, 0.4)), most=1)

    assert plan[0].quotes[0] == australia
