import pytest

from briefbot.followup import standalone
from briefbot.types import Turn

PROPOSED = Turn("What did Ishiba propose?", "Ishiba proposed an Asian NATO.")


def after(previous, question, answer=""):
    return standalone(question, [Turn(previous, answer)])


# --- what stands alone --------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["Why?", "And Turkey's?", "What did he say?"])
def test_a_first_question_stays_as_it_is(question):
    assert standalone(question, []) == question


@pytest.mark.parametrize(
    "question",
    [
        "What benefits would an Asian NATO bring?",
        "How do Colby and Ratner differ?",
        "What is the budget of the alliance for 2024?",
        "Who is Takaichi?",
        "What did Japan say about its islands?",
        "did the prime minister take back what she said about warships",
        "which critic says that members would regret their vote",
        "Which treaty says that members consult each other?",
        "what do you call it when companies move their suppliers",
        "Did de Gaulle's France go it alone?",
        "Is it true that Spain objected to the target?",
        "What does Article III of the treaty with Korea say?",
        "How many exercises does NATO hold each year?",
        "Is there any official who is for a pact?",
        "if one nato country gets attacked must the others go to war",
        "What percentage of its GDP does Germany spend on ships?",
        "what do turkey and britain each specialise in",
    ],
)
def test_a_new_question_does_not_drag_the_old_topic_along(question):
    assert standalone(question, [PROPOSED]) == question


# --- a topic alone ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "question", ["And Ratner?", "But Ratner?", "What about Ratner?", "and how about Ratner ?"]
)
def test_a_new_name_takes_the_place_of_the_old_one(question):
    assert after("What did Colby say?", question) == "What did Ratner say?"


def test_a_new_owner_takes_the_place_of_the_old_one():
    asked = after("What is Germany's role in NATO?", "And Turkey's?")

    assert asked == "What is Turkey's role in NATO?"


def test_a_new_owner_takes_the_place_of_the_first_name_where_none_owned():
    assert after("What does Germany bring?", "And Turkey's?") == "What does Turkey bring?"


def test_a_new_topic_is_added_where_the_question_before_names_nothing():
    assert after("what is the budget?", "And for ships?") == "what is the budget, for ships?"


def test_a_common_word_takes_the_place_of_a_common_word():
    assert after("What is graphite used for?", "And cobalt?") == "What is cobalt used for?"


def test_a_name_takes_the_place_of_one_of_its_kind():
    previous = "What did Victor Cha argue about alliances of the US in Asia?"

    assert after(previous, "And Izumikawa?", "Victor Cha argued that they control.").startswith(
        "What did Izumikawa argue about"
    )
    assert after("How many people in Poland like NATO?", "And Spain?") == (
        "How many people in Spain like NATO?"
    )
    assert after("How often has Article 5 of the Oslo Treaty been used?", "And Article 4?") == (
        "How often has Article 4 of the Oslo Treaty been used?"
    )


def test_a_year_takes_the_place_of_a_year():
    asked = after("What did NATO spend in 2024?", "and in 2025?")

    assert asked == "What did NATO spend in 2025?"


def test_an_article_is_not_doubled():
    asked = after("What is the Bridge's age?", "And the garden's?")

    assert asked == "What is the garden's age?"


def test_an_adverb_is_no_name():
    asked = after("What does NATO bring?", "And economically?")

    assert asked == "What does NATO bring, economically?"


def test_a_country_alone_is_a_topic_but_a_capital_alone_is_not():
    assert after("What did India say?", "Japan?") == "What did Japan say?"
    assert after("What did India say?", "Really?") != "What did Really say?"


def test_what_leads_a_question_is_what_its_pronoun_means():
    asked = after("What is the Quad?", "And the Squad, who is in that?")

    assert asked == "Who is in the Squad?"


# --- people -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "spelled_out"),
    [
        ("Why did he propose it?", "Why did Ishiba propose an Asian NATO?"),
        ("What did she warn of?", "What did Ishiba warn of?"),
        ("Who met her?", "Who met Ishiba?"),
        ("Is the plan hers?", "Is the plan Ishiba’s?"),
        ("When was his plan made?", "When was Ishiba’s plan made?"),
        ("When was her plan made?", "When was Ishiba’s plan made?"),
        ("What did Japan think of him?", "What did Japan think of Ishiba?"),
    ],
)
def test_a_pronoun_becomes_the_person_named_last(question, spelled_out):
    assert standalone(question, [PROPOSED]) == spelled_out


def test_what_belongs_to_a_person_keeps_the_matter():
    asked = standalone("What was his reason?", [PROPOSED])

    assert asked == "What was Ishiba’s reason (Ishiba propose)?"


def test_a_pronoun_after_another_name_may_mean_that_one():
    question = "What did Takaichi say before she resigned?"

    assert standalone(question, [PROPOSED]) == question


def test_a_person_is_looked_for_in_earlier_turns_too():
    history = [PROPOSED, Turn("what was the plan?")]

    assert standalone("Why did he say so?", history) == "Why did Ishiba say so?"


def test_a_person_is_looked_for_in_the_answer_where_the_question_names_none():
    asked = after("what was the plan?", "Why did he say so?", answer="Elbridge Colby sketched it.")

    assert asked == "Why did Elbridge Colby say so?"


def test_who_is_asked_for_is_told_by_the_answer():
    answer = "Ozkan Ulutas was the first Turkish officer to lead KFOR."

    asked = after("Who was the first Turk to lead KFOR?", "When did his command end?", answer)

    assert asked == "When did Ozkan Ulutas’s command end?"


def test_names_in_small_letters_are_known_from_the_conversation():
    answer = "Ely Ratner served as Assistant Secretary of Defense."

    asked = after("who is ely ratner", "where did he publish his pact idea", answer)

    assert asked == "where did Ely Ratner publish his pact idea"


def test_a_country_is_nobody():
    asked = after("What did India say?", "Why did he say so?")

    assert "India say so" not in asked


def test_two_people_are_compared():
    history = [
        Turn("What did Cha argue about pacts?", "Cha argued that they control."),
        Turn("What did Izumikawa argue about pacts?", "Izumikawa argued that they do not."),
    ]

    assert standalone("How do they differ?", history) == "How do Cha and Izumikawa differ (pacts)?"


def test_two_people_named_together_are_they():
    asked = after("What did Rasmussen and Daalder propose?", "Was their plan popular?")

    assert asked == "Was Rasmussen and Daalder’s plan popular?"


# --- things -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("previous", "question", "spelled_out"),
    [
        ("What was SEATO?", "When was it dissolved?", "When was SEATO dissolved?"),
        ("What was SEATO?", "Who was its leader?", "Who was SEATO’s leader?"),
        ("Who was SEATO's leader?", "who mocked it?", "who mocked SEATO?"),
        ("Who pushed for a Pacific pact in 1949?", "Did it fail?", "Did the Pacific pact fail?"),
        ("Who opposed an economic NATO?", "Who liked it?", "Who liked an economic NATO?"),
        ("What are the IP4?", "Are they members?", "Are the IP4 members?"),
        (
            "Does the article favour a pact with Japan?",
            "What does it say about Spain?",
            "What does the article say about Spain?",
        ),
        (
            "What did the message on 80 years of peace by Abe say?",
            "Was it a speech?",
            "Was the message on 80 years of peace by Abe a speech?",
        ),
    ],
)
def test_it_becomes_what_was_spoken_about(previous, question, spelled_out):
    assert after(previous, question) == spelled_out


def test_that_becomes_the_thing_that_the_answer_names():
    answer = "NATO allies rely on one Status of Forces Agreement. [1]"

    asked = after("What does NATO use instead of RAAs?", "When was that signed?", answer)

    assert asked == "When was the Status of Forces Agreement signed?"


def test_it_becomes_the_thing_that_the_answer_names():
    asked = standalone("Is it popular in the region?", [PROPOSED])

    assert asked == "Is an Asian NATO popular in the region?"


def test_the_one_with_is_the_same_thing_with_another():
    previous = "When did the Mutual Defense Treaty with Japan begin?"

    asked = after(previous, "When did the one with Korea begin?")

    assert asked == "When did the Mutual Defense Treaty with Korea begin?"


@pytest.mark.parametrize(
    "question",
    [
        "Which ones matter most?",
        "How is that different from NATO?",
        "Who else?",
        "What conditions must be met?",
        "Where is the headquarters?",
    ],
)
def test_what_points_back_or_says_too_little_is_followed_by_the_question_before(question):
    asked = standalone(question, [PROPOSED])

    assert asked.startswith(question.rstrip("?"))
    assert "(what did Ishiba propose" in asked


def test_what_is_carried_along_is_not_carried_twice():
    history = [Turn("Which countries belong to SEATO?"), Turn("Must members fight (SEATO)?")]

    assert standalone("Where is the headquarters?", history) == "Where is the headquarters (SEATO)?"


def test_the_turn_that_named_the_thing_is_looked_for():
    history = [Turn("What is on NATO's list?"), Turn("What is graphite used for?")]

    assert "NATO's list" in standalone("When was the list published?", history)


def test_a_verb_of_saying_without_its_object_gets_the_matter():
    asked = after("What did Locsin say about a pact in Asia?", "And what did the paper say?")

    assert asked == "What did the paper say about a pact in Asia?"


# --- another question word ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("previous", "question", "spelled_out"),
    [
        ("What did Ishiba propose?", "Why?", "Why did Ishiba propose this?"),
        ("What did Ishiba propose?", "And why?", "Why did Ishiba propose this?"),
        ("In which city was the pact signed?", "When?", "When was the pact signed?"),
        ("Did France leave NATO?", "Why?", "Why did France leave NATO?"),
        ("What plan did Colby make?", "When?", "When did Colby make (plan)?"),
        ("With which country did Australia sign a pact?", "when was that",
         "When did Australia sign a pact?"),
        ("Who objected to the target?", "Why?", "Why (who objected to the target)?"),
    ],
)  # fmt: skip
def test_a_bare_question_word_asks_the_question_before_anew(previous, question, spelled_out):
    assert after(previous, question).casefold() == spelled_out.casefold()


@pytest.mark.parametrize(
    ("previous", "question", "spelled_out"),
    [
        ("What does the article say about ports?", "Is that right?",
         "Is what the article says about ports right?"),
        ("What did Ratner argue in 2025?", "and is this really true",
         "Is what Ratner argued in 2025 right?"),
        ("How many exercises does NATO hold?", "Is that so?",
         "Is that so (how many exercises does NATO hold)?"),
    ],
)  # fmt: skip
def test_a_doubt_is_about_what_was_asked_before(previous, question, spelled_out):
    assert after(previous, question) == spelled_out


def test_who_was_left_out_is_known_from_the_answer():
    asked = after("Who was left out of the draft?", "Why?", "Britain was left out. [1]")

    assert asked == "Why was Britain left out of the draft?"


# --- items of an answer -------------------------------------------------------------------------

SIX = "Ishiba named Canada, Australia, the Philippines, India, France and the United Kingdom. [1]"
REASONS = "War is likely. [1] China is feared. [2] The United States is weaker. [3]"


@pytest.mark.parametrize(
    ("question", "spelled_out"),
    [
        ("Has the fourth one a treaty?", "Has India a treaty?"),
        ("Has the first one a treaty?", "Has Canada a treaty?"),
        ("Has the last one a treaty?", "Has the United Kingdom a treaty?"),
    ],
)
def test_an_ordinal_names_an_item_of_the_list_in_the_answer(question, spelled_out):
    assert after("Which six did Ishiba name?", question, SIX) == spelled_out


@pytest.mark.parametrize(
    "question", ["Who says the second point?", "Who says point 2?", "Who says [2]?"]
)
def test_an_ordinal_or_a_mark_names_a_sentence_of_the_answer(question):
    asked = after("What are the reasons?", question, REASONS)

    assert "China is feared" in asked
    assert "[2]" not in asked


def test_a_bullet_is_an_item():
    answer = "- Poland is at 81%. [1]\n- Spain is split. [2]"

    assert "Spain is split" in after("Who likes it?", "Why the second one?", answer)


def test_the_first_of_two_topics_taken_in_turn():
    history = [
        Turn("What does Article 5 say?", "An attack on one is an attack on all. [1]"),
        Turn("What does Article 4 say?", "Allies consult on integrity, peace or security. [1]"),
    ]

    assert standalone("Does the first one force allies to fight?", history) == (
        "Does Article 5 force allies to fight?"
    )


@pytest.mark.parametrize("question", ["Who is the ninth one?", "What is [9]?", "the third point?"])
def test_an_item_that_is_not_there_leaves_the_words_in_place(question):
    asked = after("Which did Ishiba name?", question, "Canada alone. [1]")

    assert question.rstrip("?") in asked


@pytest.mark.parametrize("question", ["And him?", "And “”?", "And?"])
def test_an_elliptic_question_without_a_topic_keeps_its_question_before(question):
    asked = standalone(question, [PROPOSED])

    assert "Ishiba" in asked


def test_a_name_after_a_full_stop_is_a_name_and_a_capital_is_not():
    asked = after("It rained. What does Colby say?", "And Ratner?")

    assert asked == "It rained. What does Ratner say?"


def test_which_ones_names_what_was_counted():
    assert after("How many metals does the plan name?", "Which ones, for example?") == (
        "Which metals does the plan name?"
    )
