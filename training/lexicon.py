"""Which words may stand for which: WordNet's, kept where all-MiniLM-L6-v2 finds them alike."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from batches import load_tokenizer
from data import STOP_WORDS, Paragraph, plain_title
from wordnet import LIGHT, WORDNET, WordNet, load_wordnet

KEEP = (
    STOP_WORDS
    | LIGHT
    | frozenset(
        "while using used located following known born died left able place building played "
        "but only just also even still yet very "
        "heating facing".split()
    )
)
LIKENESS = 0.45  # least cosine of a word and its synonym under all-MiniLM-L6-v2
LIKENESS_WIDER = 0.58  # the same for a more general word
UNSEEN_SHARE = 5  # one replacement in five is kept out of training, for the development side

# everyday words that WordNet does not join, or joins in a rare sense only
EXTRA = {
    "v": "direct:oversee,helm star:appear help:assist,aid buy:purchase,acquire start:begin "
    "cause:bring about,lead to describe:portray,depict produce:make,create happen:occur,take place "
    "choose:select,pick allow:permit,let need:require want:desire,wish leave:depart,quit "
    "say:state,remark tell:inform try:attempt,seek receive:get,be given lose:forfeit "
    "marry:wed live:reside,dwell work:be employed grow:expand,increase kill:slay,murder "
    "fight:battle,clash attack:assault,strike defend:protect,guard fund:finance,pay for "
    "hire:employ,recruit found:set up,establish build:construct,put up destroy:wreck,ruin "
    "win:triumph in release:issue,put out publish:bring out,issue record:tape sell:market,vend "
    "teach:instruct,educate study:learn,examine discover:find,come across "
    "invent:devise,come up with "
    "believe:think,hold claim:assert,maintain argue:contend,maintain criticize:attack,fault "
    "praise:commend,laud agree:consent,concur refuse:decline,turn down reject:turn down,rebuff "
    "plan:intend,mean warn:caution,alert propose:suggest,put forward announce:declare,make public "
    "deploy:station,send train:drill,practise invade:enter by force,overrun sign:agree to,conclude "
    "urge:press,call on demand:insist on,call for contain:hold,include include:contain,comprise "
    "consist:be made up use:employ,utilize show:reveal,display measure:gauge,determine "
    "collect:gather,accumulate convert:transform,change store:keep,save reduce:cut,lower "
    "increase:raise,boost improve:better,enhance prevent:stop,avert "
    "replace:supersede,take over from "
    "control:run,command own:possess,have rule:govern,reign over lead:head,be in charge of "
    "perform:carry out,put on compete:take part appear:feature,turn up end:finish,conclude "
    "close:shut,shut down open:launch,inaugurate travel:journey,go arrive:get in,reach "
    "provide:supply,give offer:give,propose earn:make,bring in cost:be priced at pay:spend,give",
    "n": "film:movie,picture movie:film,picture song:track,tune author:writer novelist:writer "
    "book:work,volume writer:author singer:vocalist band:group,act album:record "
    "company:firm,business "
    "firm:company country:nation,land city:town,metropolis river:waterway child:kid war:conflict "
    "conflict:war,fighting treaty:pact,accord army:military,ground forces soldier:troop,serviceman "
    "weapon:arms navy:naval forces,fleet ship:vessel plane:aircraft car:automobile,vehicle "
    "doctor:physician teacher:instructor player:sportsman actor:performer,star director:filmmaker "
    "leader:head,chief president:head of state minister:member of government "
    "law:statute,legislation "
    "job:position,post salary:pay,wage price:cost,charge money:cash,funds reason:cause,motive "
    "result:outcome,consequence goal:aim,objective method:technique,approach "
    "problem:difficulty,issue "
    "danger:risk,threat threat:danger,menace enemy:foe,adversary ally:partner,friend "
    "drill:exercise,manoeuvre exercise:drill role:part,character character:figure,role "
    "nickname:moniker,alias birthplace:place of birth home:residence,house death:passing "
    "prize:award,honour award:prize,honour match:game,contest team:side,squad school:academy "
    "college:university student:pupil,learner building:structure,edifice church:place of worship "
    "illness:sickness,disease disease:illness,sickness drug:medicine,medication food:nourishment "
    "energy:power electricity:current,power temperature:heat,warmth size:dimensions,extent "
    "amount:quantity,sum area:region,zone region:area,district border:frontier,boundary "
    "island:isle mountain:peak,mount street:road magazine:periodical,publication "
    "newspaper:paper,daily critic:reviewer scene:sequence sequel:follow-up,next part",
    "a": "famous:well-known,celebrated big:large,huge large:big,huge small:little,tiny "
    "important:key,major significant:important,major main:chief,principal dead:deceased "
    "difficult:hard,tough easy:simple,straightforward rich:wealthy,affluent poor:needy "
    "dangerous:risky,hazardous quick:fast,rapid fast:quick,rapid cheap:inexpensive,low-cost "
    "expensive:costly,dear common:widespread,usual rare:uncommon,unusual strange:odd,peculiar "
    "powerful:strong,mighty popular:well-liked,favoured modern:present-day,contemporary "
    "ancient:very old,antique entire:whole,full right:correct,proper sick:ill,unwell "
    "military:armed forces economic:financial,business joint:shared,combined annual:yearly "
    "current:present,present-day original:initial,first final:last,closing "
    "various:different,diverse",
    "r": "often:frequently,regularly usually:normally,generally originally:initially,at first "
    "currently:now,at present formerly:previously,once quickly:fast,rapidly mainly:chiefly,mostly "
    "nearly:almost,close to approximately:roughly,about together:jointly,with each other "
    "eventually:in the end,finally recently:lately,not long ago",
}  # fmt: skip


@dataclass(frozen=True)
class Lexicon:
    """Which words may stand for which.

    Attributes:
        net: WordNet's tables, for inflection.
        same: (lemma, part of speech) → words of the same meaning.
        wider: (lemma, part of speech) → words that say it in general.
        titles: Plain titles of pages → a description such as "1994 American film".
    """

    net: WordNet
    same: dict[tuple[str, str], list[str]]
    wider: dict[tuple[str, str], list[str]]
    titles: dict[str, str]

    def part(self, *, unseen: bool) -> Lexicon:
        """Keep the replacements for training, or those that training never sees."""
        return replace(
            self,
            same=_part(self.same, unseen=unseen),
            wider=_part(self.wider, unseen=unseen),
        )


def _part(
    table: dict[tuple[str, str], list[str]], *, unseen: bool
) -> dict[tuple[str, str], list[str]]:
    def is_unseen(word: str, other: str) -> bool:
        pair = "/".join(sorted((word, other)))
        return zlib.crc32(pair.encode()) % UNSEEN_SHARE == 0

    kept = {
        key: [other for other in others if is_unseen(key[0], other) is unseen]
        for key, others in table.items()
    }
    return {key: others for key, others in kept.items() if others}


def build_lexicon(
    texts: Iterable[str],
    paragraphs: Sequence[Paragraph],
    weights: Path,
    wordnet: Path = WORDNET,
) -> Lexicon:
    """Collect replacements for the words of some texts; drop those of unlike meaning.

    Args:
        texts: Questions and passages.
        paragraphs: Pages whose titles may be described instead.
        weights: Folder of all-MiniLM-L6-v2, which judges how like two words are.
        wordnet: Folder of WordNet 3.0.
    """
    net = load_wordnet(wordnet)
    vocabulary = sorted({word for text in texts for word in re.findall(r"\b[a-z]{3,}\b", text)})
    keys = sorted(
        {
            (analysis.lemma, analysis.pos)
            for word in vocabulary
            for analysis in net.analyses(word)
            if word not in KEEP and analysis.lemma not in KEEP and len(analysis.lemma) > 2
        }
    )
    extra = _extra()
    same = {key: list(dict.fromkeys(extra.get(key, []) + net.synonyms(*key))) for key in keys}
    wider = {key: net.hypernyms(*key) if key[1] in "nv" else [] for key in keys}
    strings = sorted({w for key in keys for w in (key[0], *same[key], *wider[key])})
    vectors = dict(zip(strings, embed(strings, weights), strict=True))

    def alike(key: tuple[str, str], others: list[str], least: float) -> list[str]:
        trusted = extra.get(key, [])
        word = vectors[key[0]]
        return [o for o in others if o in trusted or float(vectors[o] @ word) >= least]

    titles = {plain_title(p.title): d for p in paragraphs if (d := description(p))}
    return Lexicon(
        net,
        {key: kept for key in keys if (kept := alike(key, same[key], LIKENESS))},
        {key: kept for key in keys if (kept := alike(key, wider[key], LIKENESS_WIDER))},
        titles,
    )


def _extra() -> dict[tuple[str, str], list[str]]:
    found = {}
    for pos, text in EXTRA.items():
        for entry in re.findall(r"(\w+):((?:[\w-]+(?: [\w-]+)*?(?:,|(?=\s+\w+:|$)))+)", text):
            found[entry[0], pos] = [w.strip() for w in entry[1].split(",") if w.strip()]
    return found


def embed(strings: Sequence[str], weights: Path) -> torch.Tensor:
    """Return unit vectors of short texts under all-MiniLM-L6-v2."""
    from transformers import BertModel

    tokenizer = load_tokenizer(str(weights / "tokenizer.json"), 16)
    tokenizer.enable_padding()
    encoder = BertModel.from_pretrained(weights, add_pooling_layer=False).eval()
    parts = []
    for begin in range(0, len(strings), 512):
        encoded = tokenizer.encode_batch(list(strings[begin : begin + 512]))
        ids = torch.tensor([e.ids for e in encoded])
        mask = torch.tensor([e.attention_mask for e in encoded])
        with torch.inference_mode():
            states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        parts.append(torch.nn.functional.normalize(mean, dim=-1))
    return torch.cat(parts)


def description(paragraph: Paragraph) -> str:
    """Return what a page's first sentence says its subject is, if that is specific enough."""
    match = re.search(
        r"\b(?:is|was) an? ((?:[\w'-]+ ){1,6}?(?:film|album|song|novel|book|band|series|town|city|"
        r"village|company|magazine|actor|actress|singer|footballer|politician|writer|director))\b",
        paragraph.sentences[0][:220],
    )
    words = match.group(1) if match else ""
    is_specific = bool(re.search(r"\d{4}", words)) or len(words.split()) >= 4
    return words if is_specific else ""
