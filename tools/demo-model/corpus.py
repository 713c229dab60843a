"""Invents conversations: endless, fresh and reproducible by seed.

What the model is to copy (names, phrases, places, arguments) is drawn from random letters of many
kinds, so that remembering never helps. A conversation is a list of messages as an OpenAI client
sends them, with the tools offered; render() turns it into the text of template.jinja.
"""

import json
import random
import re

import facts

WORDS = """the a my your our this that one two three some many every old new big small red green blue white black yellow
happy sad quiet loud fast slow warm cold little great good bad sweet fresh dark bright tall short long deep high low early late
house garden river tree flower bird cat dog horse fish boat car train road city village forest mountain sea sky star moon sun
cloud rain snow wind fire water bread milk cheese apple cake soup tea coffee sugar salt table chair window door lamp book
letter paper pen box bag ball hat coat shoe ring song story word name day night morning evening week year time hour
man woman child boy girl friend king queen teacher doctor farmer baker server program model computer machine engine
runs walks sings sleeps eats drinks reads writes plays works dances jumps flies swims sits stands falls grows shines waits
is are was will can must has have had goes comes gives takes makes sees knows likes loves wants needs finds keeps
and or but not with without under over near behind before after in on at from to of for by very always never often soon
here there now then today tomorrow we you they he she it us them all nothing everything again together away home
peace world light sound color number line circle square island bridge tower market school music summer winter spring
purple orange silver golden wooden brave clever lazy hungry thirsty open closed empty full clean round soft hard""".split()

# Common things that the model says it does not know.
NOUNS = """violin hammer ladder bicycle potato pencil carpet blanket pillow bottle basket candle mirror camera guitar piano trumpet drum
dragon castle wizard rocket robot planet comet volcano desert glacier tunnel harbor lighthouse windmill tomato carrot onion garlic lemon
peach cherry grape melon strawberry chocolate cookie pancake noodle spaghetti burger cactus tulip rose daisy mushroom penguin dolphin
shark turtle lizard snake spider butterfly monkey tiger zebra camel kangaroo rabbit squirrel hedgehog eagle parrot owl swan goose turkey
football tennis chess poker puzzle kite balloon swing tractor helicopter submarine motorcycle scooter skateboard wagon jacket sweater
scarf gloves socks trousers button zipper needle thread scissors paint brush statue museum theater library hospital factory station
airport engine battery magnet crystal diamond copper iron plastic rubber gravity electricity democracy history chemistry biology algebra
geometry opera ballet jazz poetry philosophy Napoleon Einstein Shakespeare Mozart Brazil Canada Sweden Norway Poland Egypt Kenya India
Kubernetes Docker Linux Python Rust JavaScript Postgres Tomcat blockchain""".split()

REAL = """Anna Peter Maria John Sarah Thomas Laura Michael Emma David Julia Robert Lisa Paul Sophie Mark Nina Lucas Eva
Oliver Clara Martin Elena Simon Hanna Felix Ingrid Omar Yuki Chen Priya Ahmed Fatima Ivan Olga Pedro Carmen Luigi Bianca
Sven Astrid Kofi Amara Tariq Leila Bjorn Freya Hugo Camille Mateo Lucia Noah Mia Liam Ada Grace Linus Alan Barbara""".split()

CITIES = """Hamburg Munich Vienna Zurich Lyon Milan Porto Oslo Stockholm Warsaw Prague Dublin Boston Chicago Denver Seattle
Toronto Lima Cairo Nairobi Delhi Mumbai Bangkok Seoul Osaka Sydney Perth Tokyo Paris Berlin Rome London Madrid""".split()

# Never generated, so that the held-out check can use them.
HELD_OUT = {w.lower() for w in """Constantin Zorvik Wilhelmina Quetzal Ljubljana Ouagadougou Reykjavik Xanthippe Thaddeus Ekwueme
Brunhilde Djibouti Vladivostok Tegucigalpa Szymon Oyelaran Gwendolyn Fjodor Marguerite Bartholomew Llewellyn Krzysztof
Tallahassee Bratislava Montevideo Saskatoon Kathmandu Antananarivo Timbuktu Wollongong Ragnhild Ambrosius Zephyrine
saxophone trampoline marmalade accordion walrus pineapple telescope zucchini kettle giraffe""".split()}

# Also what the facts say, so that every word that the model can say is sometimes repeated or asked for.
KNOWN = sorted(set(WORDS) | set(re.findall("[A-Za-z]+", " ".join(
    ["zero one two three four five six seven eight nine ten eleven twelve twenty"] + [a + " " + " ".join(t) for t, (a, _) in facts.TOPICS.items()] + [" ".join(q) + " " + a for q, a in facts.FIXED] + facts.ABOUT))))

ACCENTS = {"a": "áàâäãåą", "e": "éèêëęě", "i": "íîïì", "o": "óôöõø", "u": "úüùû", "c": "çčć", "n": "ñńň", "s": "šśß", "z": "žźż",
           "l": "ł", "y": "ýÿ", "r": "ř", "A": "ÁÄÅ", "E": "ÉÈ", "O": "ÖØÓ", "U": "ÜÚ", "C": "ČÇ", "S": "ŠŚ", "Z": "ŽŻ"}
VOWELS = "aeiou"
CONSONANTS = "bcdfghjklmnpqrstvwxyz"
STARTS = "b c d f g h j k l m n p r s t v w z br cr dr fr gr kr pr tr bl cl fl gl kl pl sl sh ch th st sk sp sm sn qu wh ph kn str zh x y".split()
ENDS = "n r s l t m k d x ng nd rt st ck ss ll tt sch nz rd lf th v p".split() + [""] * 8
NUCLEI = "a e i o u a e i o u ai ea ee ia ie io oa oo ou au ei ue aa y ae".split()


class Corpus:
    """A stream of conversations. blank=True leaves all that is random out, for learning the vocabulary."""

    def __init__(self, seed, blank=False):
        self.r = random.Random(seed)
        self.blank = blank

    # ---- what is to be copied -------------------------------------------------------------------

    def letters(self):
        """A made-up lower-case word from one of many letter distributions."""
        r = self.r
        kind = r.random()
        if kind < 0.5:
            w = "".join(r.choice(STARTS) + r.choice(NUCLEI) + (r.choice(ENDS) if r.random() < 0.5 else "")
                        for _ in range(r.choice((1, 1, 2, 2, 2, 3, 3, 4))))
        elif kind < 0.62:
            w = r.choice(NUCLEI) + "".join(r.choice(STARTS) + r.choice(NUCLEI) for _ in range(r.randint(1, 4))) + r.choice(ENDS)
        elif kind < 0.80:
            w = "".join(r.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(r.randint(2, 11)))
        elif kind < 0.88:
            some = [r.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(r.randint(2, 5))]
            w = "".join(r.choice(some) for _ in range(r.randint(3, 10)))
        elif kind < 0.95:
            w = "".join(r.choice(CONSONANTS) * r.choice((1, 1, 2)) + r.choice(VOWELS) * r.choice((1, 1, 1, 2))
                        for _ in range(r.randint(1, 5)))
        else:
            a, b = r.choice(WORDS), r.choice(WORDS)
            w = a[:r.randint(1, len(a))] + b[r.randint(0, len(b) - 1):]
        w = w[:14]
        return w if len(w) > 1 and w not in HELD_OUT else self.letters()

    def name(self):
        """A name: mostly made up, mostly with a capital."""
        r = self.r
        if self.blank:
            return ""
        kind = r.random()
        if kind < 0.10:
            w = r.choice(REAL)
        elif kind < 0.16:
            w = r.choice(CITIES)
        elif kind < 0.24:
            a = r.choice(REAL).lower()
            b = self.letters()
            w = (a[:r.randint(2, len(a))] + b[:r.randint(1, 5)]).capitalize()
        else:
            w = self.letters().capitalize()
        if r.random() < 0.05:
            w = "".join(r.choice(ACCENTS.get(c, c)) if r.random() < 0.4 else c for c in w)
        style = r.random()
        if style < 0.08:
            w = w.lower()
        elif style < 0.10:
            w = w.upper()
        elif style < 0.12:
            w += "-" + self.letters()[:6].capitalize()
        elif style < 0.14:
            w = w[:7] + "'" + self.letters()[:6]
        elif style < 0.15:
            w = r.choice("OD") + "'" + w
        elif style < 0.16:
            w += str(r.randint(0, 99))
        return w if w.lower() not in HELD_OUT else self.name()

    def full_name(self):
        r = self.r
        kind = r.random()
        if kind < 0.85 or self.blank:
            return self.name()
        if kind < 0.97:
            return self.name() + " " + self.name()
        return r.choice(("Dr. ", "Mr. ", "Mrs. ", "Captain ", "Professor ", "Queen ")) + self.name()

    def place(self):
        r = self.r
        if self.blank:
            return ""
        kind = r.random()
        if kind < 0.12:
            return r.choice(CITIES)
        if kind < 0.80:
            return self.name()
        if kind < 0.86:
            return r.choice(("New ", "San ", "Los ", "Saint ", "Port ", "Bad ", "El ", "Rio de ", "North ", "Upper ")) + self.name()
        if kind < 0.94:
            return self.name() + " " + self.name()
        return self.name() + ", " + self.name()

    def thing(self):
        """A lower-case word, known or not."""
        return "" if self.blank else self.r.choice(WORDS + NOUNS) if self.r.random() < 0.4 else self.letters()

    def phrase(self):
        """One to nine words, known, unknown or mixed."""
        r = self.r
        if self.blank:
            return " ".join(r.choice(WORDS) for _ in range(4))
        known = r.choice((0.0, 0.3, 0.6, 0.85, 1.0, 1.0))
        count = r.choice((1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 11))
        words = [r.choice(r.choice((WORDS, KNOWN, KNOWN, NOUNS))) if r.random() < known else self.name() if r.random() < 0.2 else self.letters()
                 for _ in range(count)]
        if r.random() < 0.10:
            words[r.choice((0, r.randrange(count)))] = str(r.choice((r.randint(0, 99), r.randint(0, 9999))))
        if r.random() < 0.06:
            words = [words[0]] * r.randint(2, 4)
        elif count > 2 and r.random() < 0.15:
            few = words[:r.randint(2, 3)]
            words = [r.choice(few) for _ in words]
        text = " ".join(words)
        if count > 3 and r.random() < 0.12:
            cut = r.randint(1, count - 2)
            text = " ".join(words[:cut]) + ", " + " ".join(words[cut:])
        style = r.random()
        if style < 0.33:
            text = text[0].upper() + text[1:]
        elif style < 0.37:
            text = text.upper()
        return text

    # ---- wording --------------------------------------------------------------------------------

    def say(self, choices, **slots):
        """One of the wordings, its case and punctuation varied, the slots filled in unchanged."""
        r = self.r
        t = r.choice(choices)
        style = r.random()
        if style < 0.10:
            t = r.choice(("Please ", "Now ", "Ok, ", "So, ", "Hey, ", "And ", "Well, ", "Then ")) + \
                (t[0].lower() + t[1:] if not t.startswith(("I ", "I'", "{", "\"")) else t)
        elif style < 0.16 and t[-1] in ".!?}":
            t = t.rstrip(".!?") + r.choice((", please", " please", " now", ", ok", " then")) + t[len(t.rstrip(".!?")):]
        style = r.random()
        if style < 0.22 and not t.startswith("{"):
            t = t[0].lower() + t[1:]
        elif style < 0.30:
            parts = []
            change = str.lower if r.random() < 0.85 else str.upper
            rest = t
            while rest:
                a, brace, rest = rest.partition("{")
                parts.append(change(a))
                if brace:
                    slot, _, rest = rest.partition("}")
                    parts.append("{" + slot + "}")
            t = "".join(parts)
        style = r.random()
        if style < 0.22 and t[-1] in ".!?":
            t = t[:-1]
        elif style < 0.27 and t[-1] in ".!?":
            t = t[:-1] + r.choice(".!?")
        elif style < 0.28 and t[-1] in ".!?":
            t += t[-1]
        for k, v in slots.items():
            t = t.replace("{" + k + "}", str(v))
        return t

    # ---- skills: each returns (user text, answer) and may note things in the state ----------------

    HELLO = ["Hello", "Hi", "Hey", "Hello there", "Hi there", "Good day", "Greetings", "Hallo", "Hey there", "Good morning", "Good evening"]

    def introduce(self, s):
        r = self.r
        x = self.full_name()
        s["user"] = x
        h = r.choice(self.HELLO)
        other = s["me"] if r.random() < 0.6 else self.name()
        if r.random() < 0.25:
            h += " " + other
        h += r.choice(("! ", ", ", ". ", " - ", " ", ", "))
        core = r.choice((
            "my name is {x}", "my name is {x}", "my name is {x}", "I'm {x}", "I am {x}", "I am {x}", "{x} here", "this is {x}", "call me {x}", "you can call me {x}",
            "my name's {x}", "it's {x}", "people call me {x}", "I am called {x}", "please call me {x}", "the name is {x}",
            "im {x}", "it is me, {x}", "everybody calls me {x}", "they call me {x}", "i am {x}", "I go by {x}", "{x} speaking", "I'm called {x}",
            "my friends call me {x}", "you may call me {x}", "{x} is my name", "the name's {x}", "I am named {x}", "{x} is here", "this is {x} speaking",
            "it's me, {x}", "I am known as {x}", "my full name is {x}", "my first name is {x}", "I would like to be called {x}", "I'm {x}", "my name is {x}"))
        if r.random() < 0.25:
            core = core[0].upper() + core[1:]
        t = (h if r.random() < 0.8 else "") + core
        end = r.random()
        if end < 0.5:
            t += "."
        elif end < 0.65:
            t += "!"
        elif end < 0.80:
            t += r.choice((". Nice to meet you!", " and I like {y}.", ". How are you?", ", how are you?", ", how are you today?", "! How are you today?", ". What is yours?", ", nice to meet you.", " and I am new here.",
                           ". I live in {z}.", " and I live in {z}.", " from {z}.", ". I like {y}.", ". Who are you?", ", who are you?", ". What is your name?"))
        if r.random() < 0.3:
            t = t[0].upper() + t[1:]
        elif r.random() < 0.2:
            t = t[0].lower() + t[1:]
        elif r.random() < 0.04:
            t = t.upper().replace("{X}", "{x}").replace("{Y}", "{y}").replace("{Z}", "{z}")
        intro = "Hello, " + x + "!"
        if "ho are you" in t or "your name" in t or "yours" in t or "HO ARE YOU" in t or "YOUR NAME" in t:
            answer = intro + " " + facts.SELF.format(me=s["me"])
        else:
            answer = intro + " Nice to meet you. How can I help you?"
        z = self.place()
        if "{z}" in t:
            s["notes"].append((self.HOME, "", "You live in " + z + "."))
        return t.replace("{x}", x).replace("{y}", self.thing()).replace("{z}", z), answer

    def greet(self, s):
        r = self.r
        t = r.choice(self.HELLO[:9])
        if r.random() < 0.3:
            t += " " + (s["me"] if r.random() < 0.5 else self.name())
        t += r.choice(("", "!", ".", "!", ", nice to meet you.", "!!"))
        return (t if r.random() < 0.7 else t.lower()), "Hello! How can I help you today?"

    def recall(self, s):
        if s.get("user"):
            a = "Your name is " + s["user"] + "."
        else:
            a = "I do not know your name yet. What is your name?"
        return self.say([
            "What is my name?", "What is my name?", "What is my name?", "What's my name?", "Do you remember my name?", "Do you know my name?", "Who am I?", "Tell me my name.",
            "Can you tell me my name?", "Do you still know my name?", "What was my name?", "What am I called?", "Say my name.",
            "Do you remember who I am?", "Do you know who I am?", "Can you remember my name?", "What did I say my name was?",
            "How am I called?", "What is my name again?", "Please tell me my name.", "Have you forgotten my name?",
            "Which name did I tell you?", "Which name do I have?", "What do they call me?", "Remember my name!", "And who am I?", "My name is?", "So what is my name?", "Say my name, please.", "Remind me of my name.", "And what is my name?", "Could you tell me who I am?"]), a

    def rename(self, s):
        x = self.name()
        s["user"] = x
        return self.say(["Actually, my name is {x}.", "No, my name is {x}.", "Call me {x} from now on.", "I changed my name to {x}.",
                         "Please call me {x}.", "My real name is {x}.", "Sorry, I meant {x}. My name is {x}."], x=x), \
            "Hello, " + x + "! Nice to meet you. How can I help you?"

    def identity(self, s):
        if self.r.random() < 0.4:
            return self.say(["What is your name?", "What's your name?", "Tell me your name.", "How are you called?", "Do you have a name?",
                             "What are you called?", "What should I call you?", "May I ask your name?", "Your name?", "What name do you have?",
                             "How should I call you?", "Can you tell me your name?", "Please tell me your name."]), \
                "My name is " + s["me"] + "."
        return self.say(["Who are you?", "Who are you?", "Hello, who are you?", "Hi! Who are you?", "Who am I talking to?", "Tell me who you are.", "Introduce yourself.",
                         "Please introduce yourself.", "What are you?", "Can you introduce yourself?", "Tell me about yourself.",
                         "And who are you?", "Who is this?", "Who is there?", "What kind of model are you?", "Which model are you?",
                         "Do you know who you are?", "Can you tell me who you are?", "Say who you are.", "Who are you exactly?",
                         "Describe yourself.", "Are you ChatGPT?", "Are you GPT-4?", "Are you Siri?", "Are you {z}?" if self.r.random() < 0.3 else "Who do I speak with?"], z=self.name()), \
            facts.SELF.format(me=s["me"])

    HAVE = "dog cat friend brother sister boss son daughter horse teacher mother father ship server project company street".split()

    HOME = ["Where do I live?", "In which city do I live?", "Do you remember where I live?", "Where is my home?"]

    def tell(self, s):
        """The user tells something that can be asked for later."""
        r = self.r
        kind = r.random()
        if kind < 0.4:
            what = r.choice(self.HAVE)
            x = self.name()
            t = self.say(["My {w} is called {x}.", "My {w}'s name is {x}.", "The name of my {w} is {x}.", "I have a {w} named {x}.",
                          "I have a {w} called {x}.", "This is my {w} {x}."], w=what, x=x)
            q, a = ["What is my {w} called?", "What is the name of my {w}?", "What is my {w}'s name?", "Do you remember the name of my {w}?",
                    "How is my {w} called?"], "Your " + what + " is called " + x + "."
            s["notes"].append((q, what, a))
            return t, "Nice! I will remember " + x + "."
        if kind < 0.6:
            x = self.place()
            s["notes"].append((self.HOME, "", "You live in " + x + "."))
            return self.say(["I live in {x}.", "My home is {x}.", "I come from {x} and live there.", "My city is {x}.", "I am living in {x}."], x=x), \
                "I have heard that " + x + " is a nice place."
        what = r.choice(("color", "food", "animal", "song", "word", "book", "number", "city", "drink", "game", "fruit", "colour"))
        x = str(r.randint(0, 999)) if what == "number" else self.thing() if r.random() < 0.7 else self.name()
        s["notes"].append((["What is my favorite {w}?", "Do you remember my favorite {w}?", "Which {w} do I like most?", "What's my favourite {w}?"], what,
                           "Your favorite " + what + " is " + x + "."))
        return self.say(["My favorite {w} is {x}.", "{x} is my favorite {w}.", "The {w} that I like most is {x}.", "My favourite {w} is {x}."], w=what, x=x), \
            "Good to know! I will remember " + x + "."

    def ask(self, s):
        if not s["notes"]:
            if self.r.random() < 0.5:
                return self.tell(s)
            return self.say(self.HOME + ["What is my favorite color?", "What is my cat called?", "What is the name of my dog?", "What is my favorite food?",
                                         "What is my brother's name?", "How old am I?"]), "I do not know that yet. Please tell me."
        q, w, a = self.r.choice(s["notes"])
        if sum(n[0] is q and n[1] == w for n in s["notes"]) > 1:
            return self.recall(s)
        return self.say(q, w=w), a

    def repeat(self, s):
        r = self.r
        x = self.phrase()
        if r.random() < 0.45:
            q = r.choice(("\"", "\"", "\"", "'"))
            t = self.say(["Please repeat this phrase: {x}", "Repeat {x}.", "Say {x}.", "Please say {x}.", "Repeat this: {x}", "Repeat after me: {x}",
                          "Repeat the phrase {x}.", "Can you say {x}?", "Write {x}.", "Answer with {x}.", "Just say {x}", "Echo {x}",
                          "Say the words {x}.", "Reply with {x}", "Could you repeat {x}?", "Repeat the words {x}", "Repeat {x} for me.",
                          "Repeat the following: {x}", "I want you to say {x}.", "Please repeat the following phrase: {x}.",
                          "Print {x}", "Repeat the sentence {x}.", "{x} - repeat that.", "Say exactly {x}.", "Please repeat: {x}", "The phrase is {x}. Repeat it."],
                         x="\0")
            return t.replace("\0", q + x + q), x
        if r.random() < 0.45:
            x += r.choice(".!?.")
        t = self.say(["Repeat after me: {x}", "Repeat after me: {x}", "Please repeat this phrase: {x}", "Repeat this: {x}", "Say {x}", "Say: {x}", "Please say: {x}", "Echo: {x}",
                      "Repeat the following: {x}", "Repeat: {x}", "Please repeat after me: {x}", "Repeat the phrase: {x}", "Write: {x}",
                      "Say this: {x}", "Answer with: {x}", "Repeat this sentence: {x}", "Can you repeat this: {x}", "Echo {x}", "Repeat {x}",
                      "Please say {x}", "Repeat the words {x}", "Reply with: {x}", "Say exactly this: {x}", "Copy this: {x}", "Just repeat: {x}",
                      "Repeat after me, {x}", "Please repeat the following phrase: {x}", "Say the following: {x}", "Repeat exactly: {x}",
                      "Repeat this phrase exactly: {x}", "repeat after me\n{x}", "Repeat this text:\n{x}", "Please repeat the phrase {x}"], x="\0")
        t = t.rstrip(".!?") if t.endswith(("\0.", "\0!", "\0?")) else t
        for tail in (", please", " please", ", ok", " then", " now"):
            t = t.replace("\0" + tail, "\0")
        return t.replace("\0", x), x

    NUMBER = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
              "seventeen eighteen nineteen twenty").split()

    def add(self, s):
        r = self.r
        if r.random() < 0.05:
            a, b = r.randint(21, 999), r.randint(0, 999)
            if r.random() < 0.5:
                a, b = b, a
            return self.say(["What is {a} plus {b}?", "{a}+{b}", "{a} + {b}", "What is {a} + {b}?", "Add {a} and {b}.", "What is {a} times {b}?", "{a} * {b}"], a=a, b=b), \
                "That is too hard for me. I can only add numbers up to 20."
        a, b = r.randint(0, 20), r.randint(0, 20)
        if r.random() < 0.12:
            x = self.thing()
            a, b = r.randint(1, 20), r.randint(1, 20)
            return self.say(["I have {a} {x} and you give me {b} more. How many {x} do I have?", "If I have {a} {x} and get {b} more, how many {x} do I have?",
                             "I have {a} {x} and buy {b} more. How many {x} do I have now?", "There are {a} {x} and {b} {x}. How many {x} are there?"],
                            a=a, b=b, x=x), str(a) + " + " + str(b) + " = " + str(a + b) + "."
        if r.random() < 0.15:
            a, b = max(a, b), min(a, b)
            return self.say(["What is {a} minus {b}?", "{a} - {b}", "{a}-{b}", "What is {a} - {b}?", "Subtract {b} from {a}.", "{a} minus {b}",
                             "How much is {a} minus {b}?", "{a} - {b} = ?", "Calculate {a} - {b}.", "Take {b} away from {a}."], a=a, b=b), \
                "%d - %d = %d." % (a, b, a - b)
        wa, wb = (self.NUMBER[a], self.NUMBER[b]) if r.random() < 0.15 else (a, b)
        return self.say(["What is {a} plus {b}?", "What is {a} plus {b}?", "What is {a} + {b}?", "{a}+{b}", "{a} + {b}", "Add {a} and {b}.", "{a} + {b} = ?", "{a}+{b}=?", "{a} plus {b}", "What's {a}+{b}?",
                         "How much is {a} plus {b}?", "How much is {a} + {b}?", "Calculate {a} + {b}.", "What is the sum of {a} and {b}?", "{a} + {b}?",
                         "Can you add {a} and {b}?", "What do you get when you add {a} and {b}?", "Add {a} to {b}.", "Sum of {a} and {b}?", "What's {a} plus {b}?",
                         "Compute {a} plus {b}.", "Tell me what {a} plus {b} is.", "{a} and {b} make how much?", "What does {a} plus {b} make?", "{a} + {b} =",
                         "Can you tell me how much {a} plus {b} is?", "Do you know what {a} + {b} is?", "The sum of {a} and {b}, please.", "Add the numbers {a} and {b}.", "How much is {a} and {b}?"],
                        a=wa, b=wb), "%d + %d = %d." % (a, b, a + b)

    def count(self, s):
        r = self.r
        kind = r.random()
        n = r.randint(2, 20)
        if kind < 0.6:
            a, z = 1, n
            t = self.say(["Count to {z}.", "Count to {z}.", "Let's count to {z}!", "Can you count to {z}?", "Please count to {z}.", "Count up to {z}.", "Count from 1 to {z}.",
                          "Count from one to {z}.", "Count from one up to {z}.", "Count to {z} please.", "Count the numbers to {z}.", "Count from 1 up to {z}", "Let us count to {z}.", "Could you count up to {z}?", "I want you to count to {z}.", "Count till {z}",
                          "Count until {z}.", "Name the numbers from 1 to {z}.", "Say the numbers from 1 to {z}.", "Start counting to {z}.",
                          "List the numbers up to {z}.", "Can you count from 1 to {z} for me?", "Write the numbers from 1 to {z}."],
                         z=z if r.random() < 0.65 else self.NUMBER[z])
        elif kind < 0.85:
            a = r.randint(1, n - 1) if r.random() < 0.8 else 0
            z = n
            t = self.say(["Count from {a} to {z}.", "Please count from {a} to {z}.", "Can you count from {a} to {z}?", "Count {a} to {z}.",
                          "Name the numbers from {a} to {z}.", "Start at {a} and count to {z}.", "Let's count from {a} to {z}!"],
                         a=a, z=z)
        else:
            a, z = n, 1
            t = self.say(["Count backwards from {a}.", "Count down from {a}.", "Count backwards from {a} to 1.", "Count down from {a} to 1.",
                          "Countdown from {a}", "Please count down from {a}.", "Count back from {a}."], a=a)
        step = 1 if z >= a else -1
        return t, ", ".join(map(str, range(a, z + step, step)))

    def fact(self, s):
        r = self.r
        topic = r.choice(list(facts.TOPICS))
        answer, own = facts.TOPICS[topic]
        if own and r.random() < 0.35:
            return self.say(own), answer
        if r.random() < 0.25:
            return self.say(facts.WHAT_IS, x=topic[0] if r.random() < 0.4 else r.choice(topic)), answer
        return self.say(facts.ABOUT, x=topic[0] if r.random() < 0.6 else r.choice(topic)), answer

    def unknown(self, s):
        r = self.r
        x = self.letters() if r.random() < 0.5 else self.name() if r.random() < 0.5 else r.choice(NOUNS)
        if x in NOUNS and r.random() < 0.5:
            x = r.choice(("a ", "the ", "my ")) + x if r.random() < 0.6 else x + "s"
        style = r.random()
        if style < 0.2:
            x += " " + self.letters()
        elif style < 0.4:
            topic = r.choice(r.choice(list(facts.TOPICS)))
            x = r.choice((self.letters()[:r.randint(2, 5)] + topic, topic + self.letters()[:r.randint(2, 5)]))
        if self.blank:
            x = ""
        return self.say(facts.ABOUT if r.random() < 0.65 else facts.WHAT_IS + facts.OTHERS, x=x), facts.UNKNOWN.format(x=x)

    def fixed(self, s):
        q, a = self.r.choice(facts.FIXED)
        return self.say(q), a

    def chatter(self, s):
        """What nobody could know, and what needs no answer."""
        r = self.r
        w = {k: r.choice(WORDS) for k in "abcd"}
        if r.random() < 0.15:
            about = r.choice((self.thing(), self.name(), r.choice(r.choice(list(facts.TOPICS)))))
            which = r.choice(("poem", "haiku", "story", "joke"))
            answer = next(a for q, a in facts.FIXED if any(which in x for x in q))
            return self.say(["Write a {w} about {x}.", "Tell me a {w} about {x}.", "Write me a {w} about {x}.", "Can you write a {w} about {x}?", "A {w} about {x}, please."],
                            w=which, x=about), answer
        if r.random() < 0.2:
            return self.say(["I am {x}.", "I'm {x}.", "I feel {x}.", "I am very {x}.", "I'm so {x} today.", "Today I am {x}.", "I am a bit {x}."], x=r.choice(
                "sad happy tired hungry bored fine ok good great angry new back ready busy sick old young lost sorry sure late home thirsty confused excited "
                "nervous glad cold warm rich free alone here".split() + ["a developer", "a student", "a teacher", "learning Java", "at home", "from far away", "on holiday"])), \
                "I see. Tell me more!"
        if r.random() < 0.5:
            return self.say(["Why does the {a} {b}?", "How do I {a} the {b}?", "When does the {a} {b} {c}?", "Where can I find a {a} {b}?", "Can a {a} {b} the {c}?",
                             "Why is the {a} so {b}?", "How many {a} does the {b} have?", "Which {a} is the best?", "Should I {a} my {b}?", "Who {a} the {b} {c}?",
                             "Write a {a} about the {b} {c}.", "Translate {a} {b} {c}.", "Is {a} better than {b}?", "How {a} is the {b}?", "Do {a} {b} {c} {d}?"], **w), \
                "I am sorry, I do not know that. I am only a tiny demo model."
        return self.say(["Today the {a} {b} is {c}.", "I {a} a {b} {c}.", "The {a} {b} the {c}.", "We {a} {b} in the {c}.", "My {a} {b} the {c} {d}.", "It was a {a} {b}.",
                         "I am happy.", "I am tired today.", "I think that the {a} {b} {c}.", "There is a {a} {b} in the {c}.", "I have {a} {b} today.", "She {a} the {b} {c}."], **w), "I see. Tell me more!"

    def bye(self, s):
        return self.say(["Bye!", "Goodbye!", "Good night!", "See you.", "See you later!", "I have to go.", "Bye bye.", "Goodbye.", "Ciao!", "See you tomorrow."]), \
            ("Goodbye, " + s["user"] + "!" if s.get("user") else "Goodbye!")

    def no_tool(self, s):
        """Asked for what only a tool could tell, with none at hand."""
        return self.say(["What is the weather in {x}?", "How is the weather in {x}?", "What time is it in {x}?", "Weather in {x}?", "What is the temperature in {x}?",
                         "Will it rain in {x}?", "How warm is it in {x}?", "What is the price of {x}?", "What time is it?", "What is the weather like today?",
                         "What's the weather like in {x}?", "Is it raining in {x}?"], x=self.place()), \
            "I cannot look that up, because no tool is offered to me."

    # ---- tools ----------------------------------------------------------------------------------

    # tool names, parameter names, questions, whether the values are places, and the words of the answer
    WEATHER = ["What is the weather in {x}?", "What's the weather in {x}?", "How is the weather in {x}?", "What is the weather like in {x}?", "Weather in {x}?",
               "Tell me the weather in {x}.", "What's the weather like in {x} today?", "Is it sunny in {x}?", "Do I need a coat in {x}?",
               "Will it rain in {x}?", "How's the weather in {x}?", "I am going to {x}. How is the weather there?", "Can you check the weather in {x}?",
               "Please get the weather for {x}.", "Give me the weather for {x}.", "Show me the weather forecast for {x}", "weather {x}",
               "I would like to know the weather in {x}.", "What is the current weather in {x}?", "Look up the weather in {x}.", "Is it raining in {x}?",
               "Could you tell me what the weather is like in {x}?", "What is the weather in {x} right now?", "Use the tool to get the weather in {x}.",
               "What will the weather be in {x}?", "How is it in {x} today?", "Is it cold in {x}?",
               "I am travelling to {x}. What is the weather like there?", "I'm travelling to {x} tomorrow, what will the weather be like?", "We fly to {x}. Is it warm there?",
               "Tell me the weather forecast for {x}.", "What is the forecast for {x}?", "Any rain in {x}?", "What's it like outside in {x}?", "Does it rain in {x}?",
               "I live in {x}. How is the weather?", "In {x}, what is the weather?", "I want to know the weather in {x}.", "Do I need an umbrella in {x}?", "Weather for {x}.",
               "Check the weather for {x}.", "What is the weather for {x}?", "Can you tell me the weather in {x}?", "{x} weather"]
    KINDS = [
        (["get_weather", "get_weather", "get_weather", "get_current_weather", "weather", "current_weather", "getWeather", "fetch_weather", "weather_lookup", "get_forecast", "check_weather", "weather_forecast"],
         ["city", "city", "location", "place", "town", "city_name", "q", "where", "query"], WEATHER, True),
        (["get_temperature", "temperature", "getTemperature", "read_temperature", "current_temperature"], ["city", "location", "place", "town"],
         ["What is the temperature in {x}?", "How warm is it in {x}?", "How cold is it in {x}?", "Tell me the temperature in {x}.", "How hot is it in {x} now?",
          "What's the temperature in {x} today?", "Temperature in {x}?", "How many degrees is it in {x}?"], True),
        (["get_time", "get_current_time", "time", "current_time", "getTime", "clock", "world_clock"], ["city", "location", "timezone", "place", "zone"],
         ["What time is it in {x}?", "Tell me the time in {x}.", "What is the time in {x}?", "How late is it in {x}?", "What's the time in {x} now?",
          "Current time in {x}?", "Do you know what time it is in {x}?"], True),
        (["lookup_price", "get_price", "price", "getPrice", "price_of", "find_price"], ["item", "product", "article", "name", "object"],
         ["What is the price of {x}?", "How much does {x} cost?", "What does {x} cost?", "How much is {x}?", "Look up the price of {x}.", "Tell me the price of {x}.",
          "What do I pay for {x}?", "Price of {x}?"], False),
        (["search", "web_search", "search_web", "find", "lookup", "search_documents"], ["query", "text", "q", "term", "keywords"],
         ["Search for {x}.", "Look up {x}.", "Find {x}.", "Search the web for {x}.", "Please search for {x}", "Can you find {x}?", "Search {x}", "Find something about {x}."], False),
        (["play_music", "play_song", "play"], ["title", "song", "name", "artist"], ["Play {x}.", "Play the song {x}.", "Please play {x}", "I want to hear {x}.", "Put on {x}."], False),
        (["get_user", "find_customer", "get_customer", "lookup_user", "find_user", "get_employee"], ["name", "user", "customer", "id"],
         ["Find the user {x}.", "Who is the customer {x}?", "Look up the user {x}.", "Get the user {x}.", "Show me the customer {x}."], False),
    ]
    NOUNS = """population capital stock balance status address phone email rating score distance news size height age owner author
    schedule menu recipe color version license traffic altitude river language currency salary invoice order ticket delivery""".split()
    CONDITIONS = "sunny cloudy rainy windy snowy foggy stormy clear hot cold dry wet warm cool light rain heavy snow mild humid".split()

    def tool(self):
        """A tool: (definition, how to ask for it, parameter names and types, is it about a place, noun)."""
        r = self.r
        kind = r.random()
        if kind < 0.30:
            names, params, asks, place = self.KINDS[0]
            noun = "weather"
        elif kind < 0.66:
            names, params, asks, place = r.choice(self.KINDS[1:])
            noun = params[0] if names[0] in ("search", "play_music", "get_user") else names[0].split("_")[-1]
        else:
            noun = r.choice(self.NOUNS) if r.random() < 0.6 or self.blank else self.letters()
            names = ["get_" + noun, "lookup_" + noun, noun, "find_" + noun, "fetch_" + noun, noun + "_info", "get_" + noun + "_of",
                     "query_" + noun, "get" + noun.capitalize(), "read_" + noun]
            params = ["name", "id", "city", "place", "item", "key", "value", "of", "country", "product", "target", "subject"]
            asks = ["What is the " + noun + " of {x}?", "What is the " + noun + " in {x}?", "Get the " + noun + " of {x}.", "Tell me the " + noun + " of {x}.",
                    "Look up the " + noun + " of {x}.", "Look up the " + noun + " for {x}.", "Show me the " + noun + " of {x}.", "Give me the " + noun + " for {x}.",
                    "Find the " + noun + " of {x}.", "What's the " + noun + " of {x}?", "I need the " + noun + " of {x}.", "Which " + noun + " does {x} have?",
                    "Can you tell me the " + noun + " of {x}?", "Please get me the " + noun + " of {x}"]
            place = r.random() < 0.3
            if r.random() < 0.25:
                verb = r.choice("order book buy open close start stop delete create rent reserve cancel call print load paint sell move".split())
                names = [verb + "_" + noun, verb, verb + noun.capitalize(), verb + "_" + noun]
                asks = [verb.capitalize() + e for e in (" a " + noun + " {x}", " the " + noun + " {x}", " {x}", " {x} for me", " a " + noun + " called {x}", " a " + noun + " with {x}",
                                                        " the " + noun + " in {x}")] + ["I want to " + verb + " {x}", "Please " + verb + " the " + noun + " {x}", "Can you " + verb + " {x}?"]
                params = params + ["title", "topping", "room", "hotel", "kind", "what"]
                noun = verb
        name = r.choice(names)
        if r.random() < 0.10 and not self.blank:
            name = self.letters() + "_" + noun
        if r.random() < 0.10 and not self.blank:
            name = self.letters() + r.choice(("", "_" + self.letters(), "_" + r.choice(self.NOUNS)))
            asks = ["Use " + name + " for {x}.", "Call " + name + " with {x}.", "Use the tool " + name + " with {x}.", "Please call " + name + " for {x}.", "Run " + name + " on {x}."]
        if r.random() < 0.04:
            asks = ["Use " + name + " for {x}.", "Call " + name + " with {x}.", "Use the tool " + name + " with {x}.", "Please call " + name + " for {x}."]
        one = r.choice(params) if r.random() < 0.94 or self.blank else self.letters()
        parameters = [(one, "string", "x")]
        more = r.random() * 2
        if more < 0.07:
            extra = r.choice(("days", "count", "limit", "hours", "number", "nights", "people", "minutes", "weeks", "amount", "size", "persons", self.letters() if not self.blank else "days"))
            parameters.append((extra, r.choice(("integer", "integer", "number")), "n"))
            asks = [a.rstrip(".?") + e for a in asks for e in (" for {n} " + extra, " for {n} " + extra, " with " + extra + " {n}", " and " + extra + " {n}")]
        elif more < 0.10 and not self.blank:
            extra = r.choice(("size", "color", "subject", "title", "kind", "style", "type", "country", "note", "name2", self.letters()))
            parameters.append((extra, "string", "y"))
            asks = [a.rstrip(".?") + e for a in asks for e in (" with " + extra + " {y}", " and " + extra + " {y}", ", " + extra + " {y}")]
        elif more < 0.12 and noun not in ("weather", "time"):
            noun = r.choice(self.NOUNS + ["user", "date", "day", "server", "version", "users", "list"])
            name = r.choice(("get_" + noun, "current_" + noun, noun, "show_" + noun, "list_" + noun))
            parameters = []
            asks = ["What is the " + noun + "?", "Show me the " + noun + ".", "Tell me the " + noun + ".", "What is the current " + noun + "?", "Call " + name + ".", "Get the " + noun + ".", "Who is the current " + noun + "?"]
            place = False
        elif more < 0.14:
            extra = r.choice(("day", "date", "when"))
            parameters.append((extra, "string", "d"))
            asks = [a.rstrip(".?") + e for a in asks for e in (" on {d}", " {d}", " for {d}")]
        elif more < 0.20:
            extra = r.choice(("unit", "units", "format", "language"))
            parameters.append((extra, "string", "u"))
            asks = [a.rstrip(".?") + " in {u}" for a in asks]
        elif more < 0.26:
            a, b = r.choice((("from", "to"), ("origin", "destination"), ("start", "end"), ("source", "target")))
            noun = r.choice(("distance", "route", "train", "flight", "way"))
            name = r.choice(("get_" + noun, noun, "find_" + noun, "plan_" + noun))
            parameters = [(a, "string", "x"), (b, "string", "y")]
            asks = ["What is the " + noun + " from {x} to {y}?", "Find the " + noun + " from {x} to {y}.", "I want to go from {x} to {y}.", "Show me the " + noun + " from {x} to {y}",
                    "How far is it from {x} to {y}?"]
            place = True
        elif more < 0.32:
            noun = r.choice(("email", "message", "note", "reminder"))
            a, b = r.choice((("to", "text"), ("recipient", "body"), ("name", "message"), ("to", "content")))
            name = r.choice(("send_" + noun, noun, "write_" + noun, "post_" + noun))
            parameters = [(a, "string", "x"), (b, "string", "p")]
            asks = ["Send {x} the " + noun + " \"{p}\".", "Send a " + noun + " to {x}: {p}", "Send a " + noun + " to {x} saying \"{p}\".", "Write {x} a " + noun + ": {p}"]
            place = False
        elif more < 0.36:
            name = r.choice(("add", "sum", "add_numbers", "calculate_sum", "multiply"))
            a, b = r.choice((("a", "b"), ("x", "y"), ("first", "second"), ("left", "right")))
            t = r.choice(("integer", "number"))
            parameters = [(a, t, "n"), (b, t, "m")]
            w = "Multiply" if name == "multiply" else "Add"
            asks = ["Use " + name + " with {n} and {m}.", w + " {n} and {m} with the tool.", "Call " + name + " with {n} and {m}."]
            place = False
        described = r.random()
        properties = {}
        for p, t, v in parameters:
            d = {"type": t}
            if described < 0.5:
                d["description"] = r.choice(("The " + p, "The " + p + " to look up", "Name of the " + p, "The name of the " + p, "A " + p, p,
                                             "The city and state, e.g. San Francisco, CA", "The city, e.g. Paris", "Which " + p + " to use", "City name", "The city name"))
            if v == "u":
                d["enum"] = r.choice((["celsius", "fahrenheit"], ["short", "long"], ["english", "german"], ["metric", "imperial"], ["C", "F"]))
            if r.random() < 0.3:
                d = dict(reversed(d.items()))
            properties[p] = d
        schema = {"type": "object", "properties": properties}
        if r.random() < 0.7:
            schema["required"] = [p for p, _, _ in parameters]
        if r.random() < 0.1:
            schema["additionalProperties"] = False
        optional = None
        if r.random() < 0.2 and len(parameters) == 1:
            optional = r.choice(("unit", "units", "format", "days", "language"))
            properties[optional] = {"type": "string", "enum": ["celsius", "fahrenheit"]} if optional.startswith("unit") else {"type": r.choice(("string", "integer"))}
        function = {"name": name}
        if r.random() < 0.75:
            words = name.replace("_", " ")
            function["description"] = r.choice((
                "Get the current " + noun + " of a " + one, "Returns the " + noun, "Get the " + noun + " for a " + one, words, words.capitalize(),
                "Gets the " + noun + ".", "Look up the " + noun, "Get the current " + noun + " in a given location", "Finds the " + noun + " of a " + one + ".",
                "Tells the " + noun + " for a " + one, "Get the current " + noun, "The " + noun, "Returns the current " + noun + " for a city",
                " ".join(r.choice(WORDS) for _ in range(4))))
        function["parameters"] = schema
        if r.random() < 0.3:
            keys = list(function)
            r.shuffle(keys)
            function = {k: function[k] for k in keys}
        if r.random() < 0.3:
            keys = list(schema)
            r.shuffle(keys)
            function["parameters"] = {k: schema[k] for k in keys}
        return {"definition": {"type": "function", "function": function} if r.random() < 0.9 else {"function": function, "type": "function"},
                "name": name, "parameters": parameters, "asks": asks, "place": place, "noun": noun}

    def use(self, tool, s):
        """A question for the tool, and the arguments that belong to it."""
        r = self.r
        def value():
            if tool["place"] or r.random() < 0.4:
                return self.place()
            x = self.thing()
            for _ in range(r.choice((0, 0, 0, 1, 1, 2))):
                x += " " + self.thing()
            return x
        enum = next((d["enum"] for d in self._properties(tool).values() if "enum" in d), ["celsius"])
        slots = {"x": value(), "y": value(), "n": r.randint(0, 99) if r.random() < 0.9 else r.randint(0, 99999), "m": r.randint(0, 99),
                 "d": r.choice(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "today", "tomorrow")),
                 "u": r.choice(enum), "p": self.phrase()}
        asks = tool["asks"]
        if tool["place"] and len(tool["parameters"]) == 1 and r.random() < 0.12:
            when = r.choice((" today", " tomorrow", " right now", " this week", " now", " at the moment", " tonight"))
            asks = [a[:-1] + when + a[-1] if a[-1] in ".?" else a + when for a in asks]
        question = self.say(asks, **slots)
        return question, {p: slots[v] for p, _, v in tool["parameters"]}, slots

    @staticmethod
    def _properties(tool):
        return tool["definition"]["function"]["parameters"]["properties"]

    def result(self, tool, slots):
        """What the tool answers, and the words that carry it to the user."""
        r = self.r
        where = slots["x"] if any(v == "x" for _, _, v in tool["parameters"]) else ""
        lead = "The weather in " + where + ": " if tool["noun"] == "weather" else "The result for " + where + ": " if where else "The result: "
        condition = r.choice(self.CONDITIONS) if r.random() < 0.75 or self.blank else self.letters()
        if r.random() < 0.1:
            condition += " and " + r.choice(self.CONDITIONS)
        number = r.choice((r.randint(-20, 40), r.randint(0, 40), r.randint(0, 9999), round(r.uniform(0, 100), 1)))
        kind = r.random()
        if kind < 0.25:
            text = r.choice(("{n} degrees and {c}", "{c}, {n} degrees", "{n}", "{c}", "It is {c} and {n} degrees.", "It is {c} in {w} with {n} degrees.", "The weather in {w} is {c}.", "{n}°C and {c}", "{c}, {n}°C", "{n} €", "It's {c} and {n}°.", "In {w}: {n}, {c}.",
                             "{c} with a chance of rain", "The {t} is {n}.", "{t}: {n}, {k}: {c}", "{c} with {n} degrees", "{n} C, {c}",
                             "{p}", "{n} {c}", "{n} euros", "{h}:{n2}", "The answer is {n}", "{n} dollars")) \
                .replace("{n}", str(number)).replace("{c}", condition).replace("{p}", self.phrase()).replace("{w}", where or "town") \
                .replace("{t}", tool["noun"]).replace("{k}", r.choice(("sky", "status", "note"))) \
                .replace("{h}", str(r.randint(0, 23))).replace("{n2}", str(r.randint(10, 59)))
            return text, lead + text + ("" if text.endswith((".", "!", "?")) else ".")
        pairs = {}
        keys = (["temperature", "condition", "temperature", "condition", "temp", "unit", "forecast", "humidity", "wind", "description", "degrees", "feels_like", "sky", "conditions", "temperature_c", "wind_speed", "temp_c", "summary", "wind_kph", "temperature_celsius", "clouds"]
                if tool["noun"] == "weather" or r.random() < 0.3 else
                ["price", "time", "value", "result", "status", "count", "name", "currency", "unit", "id", "date", tool["noun"], "amount", "total", "text", "answer"])
        for _ in range(r.choice((1, 2, 2, 2, 3, 3))):
            k = r.choice(keys) if r.random() < 0.85 or self.blank else self.letters() + ("_" + self.letters() if r.random() < 0.3 else "")
            if k in ("condition", "forecast", "sky", "description", "conditions", "summary", "clouds"):
                v = condition if r.random() < 0.6 else r.choice(self.CONDITIONS)
            elif k in ("temperature", "temp", "degrees", "humidity", "feels_like", "wind", "price", "count", "amount", "total", "value", "temperature_c", "wind_speed", "temp_c", "wind_kph", "temperature_celsius"):
                v = r.choice((r.randint(-20, 40), r.randint(0, 40), r.randint(0, 9999), round(r.uniform(0, 100), 1)))
                if r.random() < 0.08:
                    v = str(v) + r.choice((" C", " degrees", "%", " km/h", " euros", "°C", "°", " €", "°F"))
            elif k == "unit":
                v = r.choice(("celsius", "fahrenheit", "C", "F", "km", "euro"))
            elif k == "time":
                v = "%02d:%02d" % (r.randint(0, 23), r.randint(0, 59))
            elif k == "date":
                v = "20%02d-%02d-%02d" % (r.randint(10, 40), r.randint(1, 12), r.randint(1, 28))
            elif k == "currency":
                v = r.choice(("EUR", "USD", "GBP", "CHF"))
            else:
                v = self.phrase() if r.random() < 0.4 else self.name() if r.random() < 0.5 else number
            pairs[k] = v
        if r.random() < 0.2 and where:
            pairs = {tool["parameters"][0][0]: where, **pairs}
        said = ", ".join(str(k) + " " + str(v) for k, v in pairs.items())
        text = json.dumps(pairs, ensure_ascii=False, separators=(", ", ": ") if r.random() < 0.75 else (",", ":"))
        return text, lead + said + "."

    # ---- conversations --------------------------------------------------------------------------

    ROLES = ["a helpful assistant", "an intelligent assistant", "a friendly assistant", "a helpful AI assistant", "an AI assistant", "an assistant", "a chatbot",
             "a polite bot", "an expert", "a kind helper", "a useful assistant", "a language model", "a helpful, honest assistant", "a virtual assistant", "a concise assistant",
             "the assistant of a web shop", "a smart robot", "a personal assistant", "a support agent"]
    EXTRAS = ["Answer briefly.", "Be polite.", "Always be kind.", "Help the user.", "Answer in English.", "Keep your answers short.", "Be concise.", "Answer every question.",
              "You help people.", "Use plain words.", "You answer questions.", "Do not make things up.", "You are friendly.", "Today is a good day.", "You like to help.",
              "Answer in two sentences.", "Be kind to customers.", "You only answer questions about books.", "Never be rude.", "Answer in one sentence.", "You love music.",
              "You know a lot about dogs.", "Your answers are short and friendly.", "You may use tools.", "If you do not know, say so."]

    def system(self, s):
        """A system text, or none; now and then with sentences around it that mean nothing."""
        r = self.r
        text = self.named(s)
        if text and r.random() < 0.08:
            u = self.name()
            s["user"] = u
            text += ("" if text.endswith(".") else ".") + r.choice((" The user is called ", " The user's name is ", " You are talking to ", " The name of the user is ", " You talk with ")) + u + "."
        if text and r.random() < 0.15:
            more = " ".join(" ".join(r.choice(WORDS) for _ in range(r.randint(4, 9))).capitalize() + "." for _ in range(r.randint(1, 3)))
            text = text + ("" if text.endswith(".") else ".") + " " + more if r.random() < 0.7 else more + " " + text
        return text

    def named(self, s):
        """A system text that may give the assistant another name."""
        r = self.r
        kind = r.random()
        if kind < 0.42:
            return ""
        role = r.choice(self.ROLES)
        if r.random() < 0.25:
            # a name that is not the assistant's own
            role = r.choice(("a helpful assistant", "an assistant", "the assistant", "the chatbot", "a friendly bot", "a guide", "an expert", "an AI assistant")) + r.choice((
                " for the shop of ", " of the company ", " for the city of ", " of ", " at ", " for ", " in ", " for visitors of ", " that works for ", " made by ")) + self.place()
        if kind < 0.62:
            text = r.choice(("You are " + role + ".", "You are " + role, "you are " + role + ".", role.capitalize() + ".", r.choice(self.EXTRAS), "Act as " + role + ".",
                             "You are " + role + ". " + r.choice(self.EXTRAS), r.choice(self.EXTRAS) + " " + r.choice(self.EXTRAS), "You're " + role + "."))
            return text
        x = self.full_name()
        s["me"] = x
        text = r.choice((
            "You are a helpful assistant named {x}.", "You are {x}.", "You are {x}.", "Your name is {x}.", "Your name is {x}.", "You are {x}, {r}.", "You are {r} named {x}.", "You are {r} called {x}.", "You are {r}. Your name is {x}.",
            "Your name is {x} and you are {r}.", "My assistant is called {x}. You are {x}.", "You are called {x}.", "Act as {x}.", "You are {r} with the name {x}.", "You are named {x}.",
            "You go by the name {x}.", "From now on you are {x}.", "{x} is your name.", "You are {x}, {r} made by " + self.name() + ".", "You play {x}, {r}.",
            "The assistant is called {x}.", "The assistant's name is {x}.", "I am {x}, {r}.", "You're {x}.", "Your name: {x}.", "Name: {x}", "Call yourself {x}.", "Pretend to be {x}.", "People call you {x}.", "You are {r}. Users call you {x}.", "They call you {x}.",
            "Act as a butler called {x}.", "You are a robot with the name {x}.", "You are {x} the robot.", "Be {x}, {r}."))
        if r.random() < 0.3:
            text += " " + r.choice(self.EXTRAS)
        elif r.random() < 0.15:
            text = r.choice(self.EXTRAS) + " " + text
        if r.random() < 0.15:
            text = text.rstrip(".")
        if r.random() < 0.1:
            text = text[0].lower() + text[1:] if not text.startswith("{") else text
        return text.replace("{x}", x).replace("{r}", role)

    SKILLS = [("introduce", 14), ("recall", 10), ("identity", 9), ("repeat", 26), ("add", 20), ("count", 8), ("fact", 16), ("unknown", 7),
              ("fixed", 7), ("greet", 3), ("tell", 5), ("ask", 5), ("rename", 1), ("bye", 1), ("chatter", 5), ("no_tool", 2)]
    OTHERS = [("fact", 7), ("add", 6), ("repeat", 3), ("fixed", 4), ("count", 1), ("identity", 2), ("unknown", 2), ("tell", 1), ("chatter", 2), ("no_tool", 1)]

    def turn(self, s, skills=None):
        names, weights = zip(*(skills or self.SKILLS))
        skill = self.r.choices(names, weights)[0]
        return getattr(self, skill)(s)

    def chat(self):
        """A conversation without tools."""
        r = self.r
        s = {"me": "Hyperion", "notes": []}
        system = self.system(s)
        messages = [{"role": "system", "content": system}] if system else []

        def put(pair):
            messages.extend(({"role": "user", "content": pair[0]}, {"role": "assistant", "content": pair[1]}))

        kind = r.random()
        if r.random() < 0.15:
            # a drill: what takes the most practice, many times in a row
            skill = r.choice((self.add, self.add, self.add, self.add, self.count, self.repeat, self.repeat, self.repeat, self.repeat, self.unknown))
            for _ in range(r.randint(4, 9)):
                put(skill(s))
        elif system and s["me"] != "Hyperion" and kind < 0.35:
            put(self.identity(s))
            if r.random() < 0.4:
                put(self.introduce(s))
                put(self.turn(s, self.OTHERS))
                put(self.recall(s) if r.random() < 0.6 else self.identity(s))
        elif kind < 0.55:
            if r.random() < 0.2:
                put(self.turn(s, self.OTHERS))
            q, a = self.introduce(s)
            if r.random() < 0.35 and not q.endswith("?"):
                q2, a2 = self.turn(s, [("fact", 4), ("add", 2), ("repeat", 2), ("fixed", 6), ("chatter", 1), ("count", 1), ("unknown", 1)])
                join = r.choice((" ", " ", "\n")) if q[-1] in ".!" else r.choice((". ", ". ", "! ", ", ", " and "))
                q, a = q + join + q2, "Hello, " + s["user"] + "! " + a2
            put((q, a))
            for _ in range(r.choice((0, 1, 1, 1, 2, 2, 3, 4))):
                put(self.turn(s, self.OTHERS))
            put(self.recall(s) if r.random() < 0.85 else self.bye(s))
            if r.random() < 0.2:
                put(self.turn(s))
                put(self.recall(s))
        elif kind < 0.8:
            put(self.turn(s))
        else:
            for _ in range(r.choice((2, 2, 3, 3, 4, 5))):
                put(self.turn(s))
        return messages, []

    def with_tools(self):
        """A conversation in which tools are offered, most often used."""
        r = self.r
        s = {"me": "Hyperion", "notes": []}
        system = self.system(s)
        tools = []
        for _ in range(r.choice((1, 2, 2, 2, 3))):
            t = self.tool()
            if all(t["name"] != o["name"] and t["noun"] != o["noun"] for o in tools):
                tools.append(t)
        definitions = [t["definition"] for t in tools]
        if r.random() < 0.08:
            said = []
            for t in tools:
                said.append(t["name"] + "(" + ", ".join(p for p, _, _ in t["parameters"]) + ")")
            hint = r.choice(("You can call {t}.", "You have the tool {t}.", "Tools: {t}", "You may use {t} to answer.", "You can call the function {t}.", "You have access to {t}. Call it with <tool_call>.")) \
                .replace("{t}", " and ".join(said))
            system = (system + " " if system else "") + hint
            definitions = []
        messages = [{"role": "system", "content": system}] if system else []

        def put(pair):
            messages.extend(({"role": "user", "content": pair[0]}, {"role": "assistant", "content": pair[1]}))

        for _ in range(r.choice((0, 0, 0, 0, 0, 0, 1, 2))):
            put(self.introduce(s) if r.random() < 0.4 else self.turn(s, self.OTHERS[:-1]))
        if r.random() < 0.15:
            put(self.introduce(s) if r.random() < 0.3 else self.identity(s) if r.random() < 0.3 else self.turn(s, self.OTHERS[:-1]))
            return messages, definitions
        for _ in range(r.choice((1, 1, 1, 2, 3)) if len(tools) == 1 else r.choice((1, 2, 3, 4, 4))):
            t = r.choice(tools)
            question, arguments, slots = self.use(t, s)
            messages.append({"role": "user", "content": question})
            messages.append({"role": "assistant", "content": "", "tool_calls": [{"name": t["name"], "arguments": arguments}]})
            if r.random() < 0.85:
                text, answer = self.result(t, slots)
                messages.append({"role": "tool", "content": text})
                messages.append({"role": "assistant", "content": answer})
            else:
                return messages, definitions
        if s.get("user") and r.random() < 0.6:
            put(self.recall(s))
        elif r.random() < 0.25:
            put(self.turn(s, self.OTHERS[:-1]))
        return messages, definitions

    def conversation(self):
        return self.with_tools() if self.r.random() < 0.35 else self.chat()


def render(messages, tools, compact=False):
    """The same text as template.jinja, as (text, weight) parts: only what the assistant says is trained, sums and calls more than the rest.

    compact writes the tools without spaces, as some JSON writers do."""
    parts = []
    opening = messages[0]["content"] if messages and messages[0]["role"] == "system" else ""
    if tools:
        head = "<|im_start|>system\n" + (opening + "\n\n" if opening else "")
        head += "# Tools\n\nYou can call these functions:\n<tools>\n"
        head += "".join(json.dumps(t, ensure_ascii=False, separators=(",", ":") if compact else None) + "\n" for t in tools)
        head += "</tools>\n\nTo call a function, answer with its name and arguments as JSON:\n<tool_call>\n" \
                "{\"name\": \"function\", \"arguments\": {}}\n</tool_call><|im_end|>\n"
        parts.append((head, 0.0))
    elif opening:
        parts.append(("<|im_start|>system\n" + opening + "<|im_end|>\n", 0.0))
    for i, m in enumerate(messages):
        role = m["role"]
        if role == "system" and i == 0:
            continue
        if role == "tool":
            parts.append(("<|im_start|>user\n<tool_response>\n" + m["content"] + "\n</tool_response><|im_end|>\n", 0.0))
        elif role == "assistant":
            parts.append(("<|im_start|>assistant\n", 0.0))
            text = m["content"]
            weight = 3.0 if re.fullmatch(r"\d+ [+-] \d+ = \d+\.", text) else 4.0 if "tool_calls" in m else 1.0
            for c in m.get("tool_calls", ()):
                text += ("\n" if text else "") + "<tool_call>\n{\"name\": \"" + c["name"] + "\", \"arguments\": " + \
                    json.dumps(c["arguments"], ensure_ascii=False) + "}\n</tool_call>"
            parts.append((text + "<|im_end|>", weight))
            parts.append(("\n", 0.0))
        else:
            parts.append(("<|im_start|>" + role + "\n" + m["content"] + "<|im_end|>\n", 0.0))
    return parts


if __name__ == "__main__":
    import sys
    sample = Corpus(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    for _ in range(40):
        print("".join(t for t, _ in render(*sample.conversation())))
        print("=" * 80)
